import path from 'node:path';
import { expect, it } from 'vitest';
import { changedSince } from '../../../server/src/core/files/changed-since.ts';
import { GitRepository } from '../../support/git-repository.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const { signal } = new AbortController();
const changed = async (folder: string, commit: string) =>
  [...(await changedSince(folder, commit, signal))].sort();

it('names what differs from a commit: committed, changed and new files, relative to the folder', async () => {
  const repository = new GitRepository(path.join(tempDirectory(), 'r'), {
    'src/a.ts': 'a',
    'src/b.ts': 'b',
    'lib/c.ts': 'c',
    '.gitignore': 'ignored.ts',
  });
  repository.git('tag', 'v1');
  repository.write({ 'src/a.ts': 'a2' });
  repository.commit();
  repository.write({ 'lib/c.ts': 'c2', 'src/ü new.ts': 'n', 'src/ignored.ts': 'i' });

  expect(await changed(repository.folder, 'v1')).toEqual(['lib/c.ts', 'src/a.ts', 'src/ü new.ts']);
  expect(await changed(repository.folder, 'HEAD')).toEqual(['lib/c.ts', 'src/ü new.ts']);
  expect(await changed(path.join(repository.folder, 'src'), 'main~1')).toEqual([
    'a.ts',
    'ü new.ts',
  ]);
});

it('says so where git knows no such commit, or no repository', async () => {
  const directory = tempDirectory();
  const { folder } = new GitRepository(path.join(directory, 'r'), { 'a.ts': 'a' });
  await expect(changed(folder, 'nowhere')).rejects.toThrow('no commit, branch or tag “nowhere”');
  await expect(changed(folder, '--output=x')).rejects.toThrow('no commit, branch or tag');
  await expect(changed(directory, 'main')).rejects.toThrow('no commit, branch or tag');
});
