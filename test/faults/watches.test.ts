// Group C of the fault matrix, C12: a system that has no file watches left (inotify is full).
import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ErrorData } from '../../server/protocol/errors.ts';
import { named } from '../support/faults/tools.ts';
import { WITHOUT_WATCHES, whyNoWatchLimit } from '../support/faults/without-watches.ts';
import { writeTree } from '../support/folder-tree.ts';
import { GitRepository } from '../support/git-repository.ts';
import { LanguageServer, settingsOf } from '../support/language-server.ts';
import { tempDirectory } from '../support/temp-directory.ts';

let server: LanguageServer | null = null;
afterEach(() => server?.kill());

const code = (name: string) => `export function ${name}() {\n  return 'zebra ${name}';\n}\n`;

async function symbolsFor(query: string): Promise<string[]> {
  const { hits } = await server!.request('embeddingCache/search', {
    query,
    limit: 50,
    mode: 'text',
  });
  return hits.flatMap(({ symbols }) => symbols).sort();
}

describe.skipIf(whyNoWatchLimit !== null)(
  named('C12 no file watches are left', whyNoWatchLimit),
  () => {
    it('changes that nobody can tell of are found all the same, and the user is told once', async () => {
      const directory = tempDirectory();
      // One folder that git can be asked about, one that is walked.
      const known = new GitRepository(path.join(directory, 'git'), { 'a.ts': code('one') });
      const plain = path.join(directory, 'plain');
      writeTree(plain, { 'b.ts': code('two') });
      server = await LanguageServer.start({
        settings: settingsOf({ directory: path.join(directory, 'cache') }),
        folders: [known.folder, plain],
        under: WITHOUT_WATCHES,
      });
      const problems: ErrorData[] = [];
      server.connection.onNotification('embeddingCache/cacheProblem', (problem: ErrorData) => {
        problems.push(problem);
      });
      await server.request('embeddingCache/index', { folders: [] });
      expect(await symbolsFor('zebra')).toEqual(['one', 'two']);

      known.write({ 'a.ts': code('uno') });
      writeTree(plain, { 'c.ts': code('three') });
      const settles = { timeout: 60_000, interval: 250 };
      await expect.poll(() => symbolsFor('zebra'), settles).toEqual(['three', 'two', 'uno']);
      // And again: this is how it stays.
      rmSync(path.join(plain, 'b.ts'));
      await expect.poll(() => symbolsFor('zebra'), settles).toEqual(['three', 'uno']);
      expect(problems).toEqual([{ kind: 'noWatches' }]);
    });
  },
);
