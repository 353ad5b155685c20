import { copyFile, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EmbeddedProvider } from '../../../server/src/core/providers/embedded.ts';
import type { ProviderOutcome } from '../../../server/src/core/providers/provider.ts';
import { fromBlob } from '../../../server/src/core/vectors/blob.ts';
import { dot, type Vector } from '../../../server/src/core/vectors/vector.ts';
import { MODEL_FILE } from '../../support/provider-deps.ts';
// Made by the runtime that came with the model.
import reference from './reference-vectors.json' with { type: 'json' };

const { signal } = new AbortController();

describe('the embedded provider', () => {
  it('gives the vectors of the model’s reference runtime', async () => {
    const provider = new EmbeddedProvider(MODEL_FILE);
    const texts = reference.map(({ text }) => text);
    const { outcomes } = await provider.embed(texts, signal);
    for (const [i, { vector }] of reference.entries()) {
      const expected = fromBlob(Buffer.from(vector, 'base64'), 'float32');
      expect(dot(vectorOf(outcomes[i]), expected)).toBeCloseTo(1, 6);
    }
  });

  it('names the model by its file and takes the field weights of its header', async () => {
    const { space, fieldWeights } = new EmbeddedProvider(MODEL_FILE);
    expect(space.model).toBe('code-static-256@f546e3d0');
    const file = await readFile(MODEL_FILE);
    const header = JSON.parse(file.toString('utf8', 4, 4 + file.readUInt32LE(0))) as {
      dim: number;
      fields: object;
    };
    expect(space.dimensions).toBe(header.dim);
    expect({ body: 1, ...fieldWeights }).toEqual(header.fields);
  });

  it.each(['日本語のコメント', '???', '— … €', 'q'.repeat(40)])(
    'fails a text without a known word: %s',
    async (text) => {
      const provider = new EmbeddedProvider(MODEL_FILE);
      expect((await provider.embed([text, 'read a file'], signal)).outcomes).toEqual([
        { kind: 'failed', reason: 'The text holds no word that the built-in model knows.' },
        expect.objectContaining({ kind: 'vector' }),
      ]);
    },
  );

  it('gives a text the same vector wherever its stretches are cut', async () => {
    const provider = new EmbeddedProvider(MODEL_FILE);
    // The same words as one long text and as many short ones that add up to it.
    const line = 'const parsedDateTime = parseIsoDate(inputText);\n';
    const { outcomes } = await provider.embed([line, line.repeat(4000)], signal);
    expect(dot(vectorOf(outcomes[0]), vectorOf(outcomes[1]))).toBeCloseTo(1, 6);
  });

  it('lets the event loop turn while it embeds one long text', async () => {
    const provider = new EmbeddedProvider(MODEL_FILE);
    await provider.embed(['load the model'], signal);
    let turns = 0;
    const count = () => {
      turns++;
      turning = setImmediate(count);
    };
    let turning = setImmediate(count);
    const words = Array.from({ length: 400_000 }, (_, i) => `value${i} parse`).join(' ');
    await provider.embed([words], signal);
    clearImmediate(turning);
    expect(turns).toBeGreaterThan(5);
  });

  describe('when its file is bad', () => {
    let folder = '';
    beforeEach(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'embedded-provider-'));
    });
    afterEach(() => rm(folder, { recursive: true }));

    it('fails with one flipped byte, and works once the file is put right', async () => {
      const copy = path.join(folder, 'model.bin');
      await copyFile(MODEL_FILE, copy);
      await flipByte(copy, 5_000_000);
      const provider = new EmbeddedProvider(copy);
      await expect(provider.embed(['x'], signal)).rejects.toMatchObject({
        name: 'Failure',
        message: 'The built-in model’s file is damaged: install Embedding Cache again.',
      });
      await copyFile(MODEL_FILE, copy);
      expect((await provider.embed(['read a file'], signal)).outcomes[0]?.kind).toBe('vector');
    });

    it('fails without a file only when it is used', async () => {
      const provider = new EmbeddedProvider(path.join(folder, 'absent.bin'));
      await expect(provider.embed(['x'], signal)).rejects.toMatchObject({
        name: 'Failure',
        message: 'The built-in model’s file cannot be read: install Embedding Cache again.',
      });
    });
  });
});

function vectorOf(outcome: ProviderOutcome | undefined): Vector {
  if (outcome?.kind !== 'vector') throw new Error(`no vector: ${JSON.stringify(outcome)}`);
  return outcome.vector;
}

async function flipByte(file: string, position: number): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const byte = Buffer.alloc(1);
    await handle.read(byte, 0, 1, position);
    byte[0] = byte[0]! ^ 0xff;
    await handle.write(byte, 0, 1, position);
  } finally {
    await handle.close();
  }
}
