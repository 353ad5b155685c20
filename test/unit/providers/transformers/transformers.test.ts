import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { ProviderOutcome } from '../../../../server/src/core/providers/provider.ts';
import type { ProviderConfig } from '../../../../server/src/core/providers/provider-config.ts';
import { downloadedModels } from '../../../../server/src/core/providers/transformers/downloaded-models.ts';
import { spaceIdOf } from '../../../../server/src/core/keys/space.ts';
import { dot, unit } from '../../../../server/src/core/vectors/vector.ts';
import { named } from '../../../support/faults/tools.ts';
import { openLocal, whyNoRuntime } from '../../../support/local-models.ts';
import { tempDirectory } from '../../../support/temp-directory.ts';
import {
  hubPlaceOf,
  TINY_DIMENSIONS,
  tinyTokenVectors,
  writeTinyModel,
  type TinyModelOptions,
} from '../../../support/tiny-model/tiny-model.ts';

const { signal } = new AbortController();
let folder: string;
beforeEach(() => {
  folder = path.join(tempDirectory(), 'tiny');
});
const closing: (() => Promise<void> | undefined)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function open(set: Partial<ProviderConfig> = {}, env: Record<string, string> = {}) {
  const pair = await openLocal(set.model === undefined ? { modelFolder: folder, ...set } : set, {
    env,
  });
  closing.push(() => pair.close?.());
  return pair;
}

async function opened(options: TinyModelOptions, set: Partial<ProviderConfig> = {}) {
  writeTinyModel(folder, options);
  return open(set);
}

function numbersOf(outcome: ProviderOutcome | undefined): Float32Array {
  if (outcome?.kind !== 'vector') throw new Error(`no vector: ${JSON.stringify(outcome)}`);
  return Float32Array.from(outcome.vector);
}

/** How near two directions are: 1 for the same. */
const likeness = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  dot(unit(Float32Array.from(a)), unit(Float32Array.from(b)));

const columns = (rows: readonly number[][]) =>
  rows[0]!.map((_, column) => rows.map((row) => row[column]!));

describe.skipIf(whyNoRuntime)(named('a local transformer model', whyNoRuntime), () => {
  const words = ['red', 'green', 'apple'];
  const tokens = tinyTokenVectors(words);
  it.each([
    ['cls_token', tokens[0]!],
    ['lasttoken', tokens.at(-1)!],
    ['mean_tokens', columns(tokens).map((numbers) => numbers.reduce((a, b) => a + b) / 5)],
    ['max_tokens', columns(tokens).map((numbers) => Math.max(...numbers))],
  ])('pools as its files say: %s', async (pooling, expected) => {
    const { document } = await opened({ poolings: [pooling] });
    // A longer text beside it, so that the shorter one is filled up.
    const { outcomes } = await document.embed([words.join(' '), 'blue '.repeat(30)], signal);
    expect(likeness(numbersOf(outcomes[0]), expected)).toBeCloseTo(1, 6);
  });

  it('takes vectors of whole texts as the model gives them', async () => {
    const { document } = await opened({ wholeTexts: true, layers: ['Dense'] });
    const { outcomes } = await document.embed([words.join(' ')], signal);
    expect(likeness(numbersOf(outcomes[0]), tokens[0]!)).toBeCloseTo(1, 6);
  });

  it('refuses a model whose ONNX file lacks the layers after pooling', async () => {
    const { document } = await opened({ layers: ['Dense'] });
    await expect(document.embed(['red'], signal)).rejects.toMatchObject({
      kind: 'modelUnusable',
      message: expect.stringContaining('gives no vectors of whole texts') as string,
    });
  });

  it('splits a text that is longer than the model takes, and says so', async () => {
    const { document } = await opened({ maxTokens: 16 });
    const text = `${'red green '.repeat(6)}\n${'blue apple '.repeat(6)}`;
    const [first, second] = text.split('\n') as [string, string];
    const { outcomes } = await document.embed([text, `${first}\n`, second, 'red'], signal);
    expect(outcomes.map((each) => each.kind === 'vector' && each.shortened)).toEqual([
      'split',
      undefined,
      undefined,
      undefined,
    ]);
    const [whole, a, b] = outcomes.map(numbersOf) as [Float32Array, Float32Array, Float32Array];
    const bytes = [`${first}\n`.length, second.length] as const;
    const mean = a.map((x, i) => x * bytes[0] + b[i]! * bytes[1]);
    expect(likeness(whole, mean)).toBeCloseTo(1, 5);
    expect(document.space.longTexts).toBe('halves-1 16');
  });

  it('puts before documents and queries what the model’s files say', async () => {
    const { document, query } = await opened({ prompts: { query: 'red ', document: 'blue ' } });
    expect([document.space.role, document.space.prefix]).toEqual(['document', 'blue ']);
    expect([query.space.role, query.space.prefix]).toEqual(['query', 'red ']);
    const asked = numbersOf((await query.embed(['apple'], signal)).outcomes[0]);
    const plain = numbersOf((await document.embed(['apple'], signal)).outcomes[0]);
    expect(likeness(asked, plain)).toBeLessThan(0.999);
    const mean = (some: string[]) =>
      columns(tinyTokenVectors(some)).map((numbers) => numbers.reduce((a, b) => a + b));
    expect(likeness(asked, mean(['red', 'apple']))).toBeCloseTo(1, 6);
    expect(likeness(plain, mean(['blue', 'apple']))).toBeCloseTo(1, 6);
  });

  it('knows what well-known models want where their files say nothing', async () => {
    folder = path.join(tempDirectory(), 'bge-small-en-v1.5');
    const { document, query } = await opened({});
    expect(document.space.prefix).toBe('');
    expect(query.space.prefix).toMatch(/^Represent this sentence/);
  });

  it('gives the beginning of its vectors where shorter ones are wanted, and no longer ones', async () => {
    const { document } = await opened({}, { dimensions: 8 });
    expect(document.space).toMatchObject({ dimensions: 8, requestedDimensions: 8 });
    const short = numbersOf((await document.embed(['red apple'], signal)).outcomes[0]);
    const { document: whole } = await open();
    const long = numbersOf((await whole.embed(['red apple'], signal)).outcomes[0]);
    expect(likeness(short, long.slice(0, 8))).toBeCloseTo(1, 6);
    await expect(open({ dimensions: 64 })).rejects.toMatchObject({ kind: 'badSettings' });
    expect((await open({ dimensions: 32 })).document.space.requestedDimensions).toBeNull();
  });

  it('answers a query between two runs of a large batch', async () => {
    const { document, query } = await opened({});
    await document.embed(['red'], signal);
    const order: string[] = [];
    const long = Array.from({ length: 32 }, (_, i) => `${i} ${'a b c '.repeat(2000)}`);
    const batch = document.embed(long, signal).then(() => order.push('batch'));
    await query.embed(['apple'], signal).then(() => order.push('query'));
    await batch;
    expect(order).toEqual(['query', 'batch']);
  });

  it('is found where Hugging Face’s tools put it, by the name it has in Python', async () => {
    const hub = tempDirectory();
    const place = hubPlaceOf(hub, 'sentence-transformers/all-MiniLM-L6-v2');
    writeTinyModel(place);
    mkdirSync(hubPlaceOf(hub, 'acme/no-onnx'), { recursive: true });
    const inHub = { HF_HUB_CACHE: hub };
    const short = await open({ model: 'all-MiniLM-L6-v2' }, inHub);
    const whole = await open({ model: 'sentence-transformers/all-MiniLM-L6-v2' }, inHub);
    expect(short.document.space.model).toMatch(/^all-MiniLM-L6-v2@[0-9a-f]{12}$/);
    expect(spaceIdOf(whole.document.space)).toBe(spaceIdOf(short.document.space));
    // A copy in a folder of that name is the same model.
    folder = path.join(tempDirectory(), 'all-MiniLM-L6-v2');
    cpSync(place, folder, { recursive: true });
    expect(spaceIdOf((await open()).document.space)).toBe(spaceIdOf(short.document.space));
    expect((await short.document.embed(['red'], signal)).outcomes[0]?.kind).toBe('vector');
    expect(await downloadedModels(inHub)).toEqual([
      { provider: 'transformers', model: 'all-MiniLM-L6-v2', dimensions: TINY_DIMENSIONS },
    ]);
  });

  it('never mixes weights: others of the same name are another space', async () => {
    const first = await opened({ seed: 1 });
    const second = await opened({ seed: 2 });
    expect(spaceIdOf(second.document.space)).not.toBe(spaceIdOf(first.document.space));
  });

  it('does not load weights that were exchanged after it was opened', async () => {
    const { document } = await opened({ seed: 1 });
    writeTinyModel(folder, { seed: 2 });
    await expect(document.embed(['red'], signal)).rejects.toMatchObject({
      kind: 'modelUnusable',
      message: expect.stringContaining('have changed') as string,
    });
  });

  it.runIf(process.platform === 'linux')('gives its process no key', async () => {
    process.env['OPENAI_API_KEY'] = 'sk-CANARY';
    onTestFinished(() => {
      delete process.env['OPENAI_API_KEY'];
    });
    const { document } = await opened({});
    await document.embed(['red'], signal);
    const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
      .trim()
      .split(' ');
    const environments = children.map((pid) => readFileSync(`/proc/${pid}/environ`, 'utf8'));
    expect(environments.length).toBeGreaterThan(0);
    expect(environments.join()).not.toContain('CANARY');
  });
});

describe('a local model that is not there', () => {
  it('is not downloaded: the way to get it is said', async () => {
    const asked = open({ model: 'all-MiniLM-L6-v2' }, { HF_HUB_CACHE: tempDirectory() });
    await expect(asked).rejects.toMatchObject({
      kind: 'modelUnusable',
      message: expect.stringContaining(
        'hf download sentence-transformers/all-MiniLM-L6-v2',
      ) as string,
    });
  });

  it('has a name or an absolute folder that exists', async () => {
    await expect(openLocal({})).rejects.toMatchObject({ kind: 'badSettings' });
    await expect(openLocal({ modelFolder: 'models/x' })).rejects.toMatchObject({
      kind: 'badSettings',
    });
    await expect(open({ modelFolder: '/not/there' })).rejects.toMatchObject({
      kind: 'modelUnusable',
    });
  });

  it('names the package where that is what is missing, once a vector is wanted', async () => {
    writeTinyModel(folder);
    const localModels = { processFile: path.join(folder, 'x.js'), cacheDir: folder, env: {} };
    const pair = await openLocal({ modelFolder: folder }, { localModels });
    await expect(pair.document.embed(['red'], signal)).rejects.toMatchObject({
      kind: 'notInstalled',
    });
    await pair.close?.();
  });
});
