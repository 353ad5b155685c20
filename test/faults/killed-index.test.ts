// Group C of the fault matrix, beside C8: a process that is killed (SIGKILL) anywhere on its way
// through a folder loses nothing that was paid for, and the next one ends as a fresh index.
import path from 'node:path';
import { expect, it } from 'vitest';
import { FULL } from '../support/faults/tools.ts';
import { GitRepository } from '../support/git-repository.ts';
import { IndexWorld, type IndexWorldOptions } from '../support/index-world.ts';
import { killWhileIndexing } from '../support/killed-index.ts';
import { tempDirectory } from '../support/temp-directory.ts';

/** Every point, or some of them. */
const STEP = FULL ? 1 : 4;

it.each([{ git: true }, { git: false }])(
  'a kill after any file read or request is as if it had not been (git: $git)',
  async ({ git }) => {
    let killed = true;
    for (let after = FULL ? 1 : 2; killed; after += STEP) {
      const directory = tempDirectory();
      const cacheDir = path.join(directory, 'cache');
      const repository = new GitRepository(path.join(directory, 'tree'), treeOf('one'));
      const { folder } = repository;
      const first = await use({ cacheDir, folder, git }, async ({ provider }) => provider.asked);
      // Half of it is known, part of that changed, and something is new.
      repository.write({ ...treeOf('two', 3), 'new.ts': code('new', 'two') });
      repository.git('mv', 'f5.ts', 'moved.ts');

      const crash = await killWhileIndexing({ cacheDir, folder, git, after, thenMs: 0 });
      killed = crash.killed;
      const paid = [...first, ...crash.stored];
      const [end, asked] = await use(
        { cacheDir, folder, git },
        async (world) => [await world.state(), [...world.provider.asked]] as const,
      );
      const fresh = { folder, git: false, cacheDir: path.join(directory, 'fresh') };
      expect(end).toEqual(await use(fresh, (world) => world.state()));
      // Only what the killed one had just asked for may be asked for again.
      expect(asked.filter((text) => paid.includes(text))).toEqual([]);
      expect(crash.open.filter((text) => paid.includes(text))).toEqual([]);
    }
  },
  600_000,
);

async function use<T>(
  options: IndexWorldOptions,
  after: (world: IndexWorld) => Promise<T>,
): Promise<T> {
  const world = await IndexWorld.open(options);
  try {
    await world.run();
    return await after(world);
  } finally {
    await world.close();
  }
}

function treeOf(body: string, files = 6): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: files }, (_, i) => [`f${i}.ts`, code(`f${i}`, body)]),
  );
}

function code(name: string, body: string): string {
  const lines = Array.from({ length: 9 }, (_, i) => `  ${body}(${i});`).join('\n');
  return `function ${body}_${name}() {\n${lines}\n}\n\nfunction shared_${name}() {\n${lines}\n}\n`;
}
