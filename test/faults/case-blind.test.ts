// Group C of the fault matrix, C15: a disk on which names that differ by case alone are one name.
import { mkdtempSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  mountCaseBlindDisk,
  whyNoCaseBlindDisk,
  type CaseBlindDisk,
} from '../support/faults/case-blind-disk.ts';
import { named } from '../support/faults/tools.ts';
import { writeTree } from '../support/folder-tree.ts';
import { GitRepository } from '../support/git-repository.ts';
import { IndexWorld } from '../support/index-world.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const code = (name: string) =>
  Array.from({ length: 8 }, (_, i) => `export const ${name}${i} = ${i};`).join('\n');

describe.skipIf(whyNoCaseBlindDisk !== null)(
  named('C15 where case does not count', whyNoCaseBlindDisk),
  () => {
    let directory: string;
    let disk: CaseBlindDisk;
    let worlds: IndexWorld[] = [];

    beforeAll(() => {
      directory = mkdtempSync(path.join(tmpdir(), 'embeddingcache-disk-'));
      disk = mountCaseBlindDisk(directory);
    });
    afterEach(async () => {
      for (const world of worlds) await world.close();
      worlds = [];
    });
    afterAll(() => {
      disk.unmount();
      rmSync(directory, { recursive: true });
    });

    const open = async (folder: string, git: boolean): Promise<IndexWorld> => {
      const world = await IndexWorld.open({ cacheDir: tempDirectory(), folder, git });
      worlds.push(world);
      return world;
    };
    const looseIn = async ({ parts }: IndexWorld) =>
      (await parts.source.snapshot(new AbortController().signal))?.loose;
    const pathsOf = async (world: IndexWorld) => [...(await world.index.files()).keys()].sort();

    it.each([{ git: true }, { git: false }])(
      'a file is there once, however it is spelled and renamed (git: $git)',
      async ({ git }) => {
        const folder = path.join(disk.folder, `renamed-${git}`);
        const files = { 'a.ts': code('a'), 'src/b.ts': code('b'), 'src/c.ts': code('c') };
        new GitRepository(folder, files);
        const at = (name: string) => path.join(folder, name);
        const world = await open(folder, git);
        await world.run();
        const once = async () => {
          const paths = await pathsOf(world);
          expect(paths.map((name) => name.toLowerCase()).sort()).toEqual(Object.keys(files).sort());
          return paths;
        };
        expect(await once()).toEqual(Object.keys(files));

        // An editor names the old spelling and the new.
        renameSync(at('a.ts'), at('A.ts'));
        await world.refresh(['a.ts', 'A.ts']);
        expect(await once()).toContain('A.ts');
        await world.run();
        await once();

        writeTree(folder, { 'A.ts': code('changed') });
        // Long ago, or it would be looked at again for that.
        utimesSync(at('A.ts'), 1_000_000, 1_000_000);
        await world.refresh(['A.ts']);
        await once();
        expect(await world.index.chunksAt('A.ts')).toHaveLength(1);
        // A disk in user space keeps for a second what it said of a name.
        if (git) await expect.poll(() => looseIn(world), { timeout: 10_000 }).toEqual(['a.ts']);
        await world.run();
        await once();
        // Git and the disk name it differently, which is no change.
        world.read.length = 0;
        await world.run();
        await once();
        if (git) expect(world.read).toEqual([]);

        // Of a folder's files nobody speaks; the next change names one by its new spelling.
        renameSync(at('src'), at('SRC'));
        writeTree(folder, { 'SRC/b.ts': code('moved') });
        await world.refresh(['SRC/b.ts']);
        expect(await once()).toContain('SRC/b.ts');
        await world.run();
        await once();

        const fresh = await open(folder, false);
        await fresh.run();
        const spelledAlike = (state: unknown) => JSON.stringify(state).toLowerCase();
        expect(spelledAlike(await world.state())).toBe(spelledAlike(await fresh.state()));
        if (!git) expect(await world.state()).toEqual(await fresh.state());
        expect(world.provider.asked).toHaveLength(5);
        expect(new Set(world.provider.asked).size).toBe(5);
      },
    );

    it('two files stay two, and a name that is asked about in another case is found', async () => {
      const folder = path.join(disk.folder, 'two');
      writeTree(folder, { 'a.ts': code('a'), 'b.ts': code('b') });
      const world = await open(folder, false);
      await world.refresh(['A.TS', 'b.ts', 'B.TS', 'none.ts']);
      expect(await pathsOf(world)).toEqual(['a.ts', 'b.ts']);
    });
  },
);
