import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Core } from '../../../server/src/core/core.ts';
import { CoreWorld } from '../../support/core-world.ts';
import { copyFixtureWorkspace, editFile } from '../../support/fixture-workspace.ts';
import { startOpenAiServer } from '../../support/openai-server.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const { signal } = new AbortController();
let directory: string;
let folder: string;
let world: CoreWorld;

beforeEach(() => {
  directory = tempDirectory();
  folder = copyFixtureWorkspace(path.join(directory, 'repository'));
  world = new CoreWorld({ cacheDir: path.join(directory, 'cache') });
});

const search = (core: Core, query: string) =>
  core.search([folder], query, { limit: 5, mode: 'hybrid', signal });

describe('core with the embedded model', () => {
  it('finds a function by a description, with its exact range and text', async () => {
    await world.index(folder);
    const hits = await world.use((core) => search(core, 'pause before asking the network again'));
    const [hit] = hits;
    expect(hit?.path).toBe('src/net/retry.ts');
    const { readFileSync } = await import('node:fs');
    const lines = readFileSync(path.join(folder, hit!.path), 'utf8').split('\n');
    expect(lines.slice(hit!.startLine - 1, hit!.endLine).join('\n')).toBe(hit!.text);
  });

  it('gives no hits for a folder that was never indexed', async () => {
    expect(await world.use((core) => search(core, 'anything'))).toEqual([]);
  });

  it('follows an edit, a new file and a deleted file when told of them', async () => {
    await world.index(folder);
    await world.use(async (core) => {
      editFile(path.join(folder, 'src/net/retry.ts'), 'backoff', 'zebraCrossing');
      writeFileSync(
        path.join(folder, 'src/giraffe.ts'),
        'export function giraffeNeck() {\n  return 1;\n}\n',
      );
      rmSync(path.join(folder, 'src/text'), { recursive: true });
      await core.refresh(folder, ['src/net/retry.ts', 'src/giraffe.ts', 'src/text'], signal);

      expect((await search(core, 'zebraCrossing'))[0]?.path).toBe('src/net/retry.ts');
      expect((await search(core, 'giraffe neck'))[0]?.path).toBe('src/giraffe.ts');
      const slug = await search(core, 'slug of a title');
      expect(slug.every((hit) => existsSync(path.join(folder, hit.path)))).toBe(true);
    });
  });

  it('ends in the same state by refreshing as by a fresh index', async () => {
    await world.index(folder);
    await world.use(async (core) => {
      editFile(path.join(folder, 'src/cart/total.ts'), 'total', 'grandTotal');
      rmSync(path.join(folder, 'src/cart/discount.ts'));
      await core.refresh(folder, ['src/cart/total.ts', 'src/cart/discount.ts'], signal);
    });
    const refreshed = await world.use((core) => search(core, 'sum of a cart'));
    world.throwIndexesAway();
    await world.index(folder);
    const fresh = await world.use((core) => search(core, 'sum of a cart'));
    const placesOf = (hits: typeof fresh) => hits.map((hit) => `${hit.path}:${hit.startLine}`);
    expect(placesOf(refreshed)).toEqual(placesOf(fresh));
  });

  it('reports progress that ends at the whole', async () => {
    const steps: { filesDone: number; filesTotal: number }[] = [];
    const report = await world.use((core) =>
      core.index(folder, { signal, onProgress: (step) => steps.push(step) }),
    );
    expect(steps.at(-1)).toMatchObject({ filesDone: report.files.indexed });
    expect(steps.at(-1)!.filesTotal).toBe(steps.at(-1)!.filesDone);
  });

  it('predicts what indexing would send and stores nothing of it', async () => {
    const server = await startOpenAiServer();
    try {
      const remote = new CoreWorld({ cacheDir: path.join(directory, 'remote'), server });
      const dry = await remote.use((core) => core.index(folder, { signal, dryRun: true }));
      expect(server.requests).toHaveLength(0);
      const real = await remote.index(folder);
      expect(dry.chunks).toEqual(real.chunks);
      expect(dry.files).toEqual(real.files);
      expect(dry.provider.tokens).toBeGreaterThanOrEqual(real.provider.tokens);
    } finally {
      await server.close();
    }
  });

  it('does not even ask how long a model’s vectors are to predict what would be sent', async () => {
    const server = await startOpenAiServer();
    try {
      const remote = new CoreWorld({ cacheDir: path.join(directory, 'remote'), server });
      const predict = remote.use(
        (core) => core.index(folder, { signal, dryRun: true }),
        'unknown-model',
        null,
      );
      await expect(predict).rejects.toMatchObject({ kind: 'badSettings' });
      expect(server.requests).toHaveLength(0);
    } finally {
      await server.close();
    }
  });

  it('sees at once what another process indexed', async () => {
    await world.use(async (core) => {
      expect(await search(core, 'backoff')).toEqual([]);
      await world.index(folder);
      expect((await search(core, 'backoff'))[0]?.path).toBe('src/net/retry.ts');
    });
  });

  it('is not indexed for a model that has no vectors of it yet', async () => {
    const server = await startOpenAiServer();
    try {
      const remote = new CoreWorld({ cacheDir: path.join(directory, 'remote'), server });
      const indexed = (model: string) =>
        remote.use(async (core) => (await core.folderState(folder)).indexed, model);
      await remote.index(folder, 'model-a');
      expect([await indexed('model-a'), await indexed('model-b')]).toEqual([true, false]);
      await remote.index(folder, 'model-b');
      expect([await indexed('model-a'), await indexed('model-b')]).toEqual([true, true]);
    } finally {
      await server.close();
    }
  });

  it('stops when cancelled and finishes the next time', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(
      world.use((core) => core.index(folder, { signal: controller.signal })),
    ).rejects.toMatchObject({ name: 'AbortError' });
    const report = await world.index(folder);
    expect(report.files.indexed).toBeGreaterThan(5);
  });

  it('sums up what is stored and what was used', async () => {
    await world.index(folder);
    await world.use(async (core) => {
      const texts = ['hello world', 'hello world', 'sort a list'];
      const { outcomes } = await core.embed(texts, signal);
      expect(outcomes[0]).toEqual(outcomes[1]);
      await core.embed(texts, signal);
      const stats = await core.stats();
      expect(stats.spaces).toMatchObject([{ provider: 'embedded', dimensions: 256 }]);
      expect(stats.spaces[0]!.embeddings).toBe(stats.texts);
      expect(stats.today.hits).toBeGreaterThanOrEqual(2);
      expect(stats.usage.misses).toBe(stats.today.misses);
      expect(stats.bytes).toBeGreaterThan(100_000);
    });
  });

  it('tells listeners that figures changed', async () => {
    await world.use(async (core) => {
      let calls = 0;
      const stop = core.onChange(() => calls++);
      await core.embed(['a text'], signal);
      expect(calls).toBeGreaterThan(0);
      stop();
      const before = calls;
      await core.embed(['another text'], signal);
      expect(calls).toBe(before);
    });
  });
});
