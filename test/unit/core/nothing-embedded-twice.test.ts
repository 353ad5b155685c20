import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { IndexReport } from '../../../server/src/core/index/index-report.ts';
import { cacheSwitchedOff } from '../../support/cache-off.ts';
import { CoreWorld } from '../../support/core-world.ts';
import { copyFixtureWorkspace, editFile } from '../../support/fixture-workspace.ts';
import { startOpenAiServer, type OpenAiServer } from '../../support/openai-server.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

let server: OpenAiServer;
let directory: string;
let folder: string;

beforeEach(async () => {
  server = await startOpenAiServer();
  directory = tempDirectory();
  folder = copyFixtureWorkspace(path.join(directory, 'repository'));
});
afterEach(() => server.close());

/** What a run after the first one sent. */
interface Sent {
  readonly report: IndexReport;
  readonly texts: readonly string[];
}

interface Scenario {
  readonly name: string;
  /** Indexes once, lets something happen, and indexes again. */
  run(world: CoreWorld): Promise<Sent>;
  expect(sent: Sent): void;
}

async function indexAndCount(world: CoreWorld, of = folder, model?: string): Promise<Sent> {
  server.forget();
  const report = await world.index(of, model);
  return { report, texts: [...server.asked] };
}

function expectNothingSent({ report, texts }: Sent): void {
  expect(report.chunks.misses).toBe(0);
  expect(report.chunks.hits).toBe(report.chunks.total);
  expect(report.chunks.total).toBeGreaterThan(10);
  expect(report.provider.requests).toBe(0);
  expect(texts).toEqual([]);
}

const scenarios: Scenario[] = [
  {
    name: 'indexing twice',
    async run(world) {
      await world.index(folder);
      world.throwIndexesAway();
      return indexAndCount(world);
    },
    expect: expectNothingSent,
  },
  {
    name: 'a clone of the repository at another path',
    async run(world) {
      await world.index(folder);
      const clone = copyFixtureWorkspace(path.join(directory, 'elsewhere', 'clone'));
      return indexAndCount(world, clone);
    },
    expect: expectNothingSent,
  },
  {
    name: 'switching to another model and back',
    async run(world) {
      await world.index(folder, 'model-a');
      await world.index(folder, 'model-b');
      expect(server.requests.some(({ model }) => model === 'model-b')).toBe(true);
      world.throwIndexesAway();
      return indexAndCount(world, folder, 'model-a');
    },
    expect: expectNothingSent,
  },
  {
    name: 'editing one function',
    async run(world) {
      await world.index(folder);
      editFile(path.join(folder, 'src/net/retry.ts'), 'backoff', 'backOffLonger');
      world.throwIndexesAway();
      return indexAndCount(world);
    },
    expect({ report, texts }) {
      expect(report.chunks.misses).toBe(texts.length);
      expect(texts.length).toBeGreaterThan(0);
      expect(texts.length).toBeLessThanOrEqual(2);
      for (const text of texts) expect(text).toContain('backOffLonger');
    },
  },
];

describe.each(scenarios)('$name', (scenario) => {
  it('sends only chunks never seen before', async () => {
    const world = new CoreWorld({ cacheDir: path.join(directory, 'cache'), server });
    scenario.expect(await scenario.run(world));
  });

  it('sends more with the cache switched off, so the test above can fail', async () => {
    const cacheDir = path.join(directory, 'cache');
    const openCache = async () => cacheSwitchedOff(cacheDir);
    const world = new CoreWorld({ cacheDir, server, openCache });
    const sent = await scenario.run(world);
    expect(() => {
      scenario.expect(sent);
    }).toThrow();
  });
});

describe('with its index kept', () => {
  it('an unchanged folder is not even read again', async () => {
    const world = new CoreWorld({ cacheDir: path.join(directory, 'cache'), server });
    const first = await world.index(folder);
    const second = await indexAndCount(world);
    expectNothingSent(second);
    expect(second.report.files.indexed).toBe(0);
    expect(second.report.files.unchanged).toBe(first.files.indexed);
  });

  it('a moved file costs nothing', async () => {
    const world = new CoreWorld({ cacheDir: path.join(directory, 'cache'), server });
    await world.index(folder);
    const { renameSync } = await import('node:fs');
    renameSync(path.join(folder, 'src/net/retry.ts'), path.join(folder, 'src/again.ts'));
    expectNothingSent(await indexAndCount(world));
  });
});
