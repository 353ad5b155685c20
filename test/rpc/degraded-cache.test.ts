import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { currentFile } from '../../server/src/core/cache/generations.ts';
import { shardNamesIn } from '../../server/src/core/cache/shard-file.ts';
import type { ErrorData } from '../../server/protocol/errors.ts';
import { LanguageServer, settingsOf } from '../support/language-server.ts';
import { startOpenAiServer, type OpenAiServer } from '../support/openai-server.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { runCli, type CliOptions } from './cli-process.ts';

const TEXTS = ['one', 'two', 'three'];

let home: string;
let cache: string;
let shard: string;
let openAi: OpenAiServer;
let options: CliOptions;
beforeEach(async () => {
  home = tempDirectory();
  cache = path.join(home, 'cache');
  openAi = await startOpenAiServer({ dimensions: 32 });
  options = {
    cwd: home,
    env: {
      EMBEDDINGCACHE_DIR: cache,
      EMBEDDINGCACHE_PROVIDER: 'openaiCompatible',
      EMBEDDINGCACHE_MODEL: 'test-model',
      OPENAI_BASE_URL: openAi.baseUrl,
    },
  };
  expect((await runCli(['embed', '--dimensions', '32', ...TEXTS], options)).exitCode).toBe(0);
  expect(openAi.asked).toHaveLength(3);
  shard = currentFile(cache, shardNamesIn(cache)[0]!);
  openAi.forget();
});
afterEach(() => openAi.close());

function damageHeader(): void {
  const bytes = readFileSync(shard);
  writeFileSync(shard, bytes.fill('x', 0, 100));
}

describe('a damaged cache file', () => {
  it('is told of once on the command line; nothing is paid for again', async () => {
    damageHeader();
    const { exitCode, stderr } = await runCli(['embed', '--dimensions', '32', ...TEXTS], options);
    expect(exitCode).toBe(0);
    expect(stderr.match(/damaged/g)).toHaveLength(1);
    expect(stderr).toContain('One cache file is damaged; 3 of 3 recovered. The file was kept.');
    expect(openAi.asked).toEqual([]);
    const again = await runCli(['embed', '--dimensions', '32', ...TEXTS], options);
    expect(again.stderr).not.toContain('damaged');
    expect(existsSync(shard)).toBe(true);
  });

  it('is told of once to the editor, with the figures', async () => {
    damageHeader();
    const server = await LanguageServer.start({
      settings: settingsOf({
        directory: cache,
        provider: {
          kind: 'openaiCompatible',
          model: 'test-model',
          dimensions: 32,
          baseUrl: openAi.baseUrl,
        },
      }),
      folders: [],
    });
    const problems: ErrorData[] = [];
    server.connection.onNotification('embeddingCache/cacheProblem', (problem: ErrorData) => {
      problems.push(problem);
    });
    for (let times = 0; times < 2; times++) {
      const { outcomes } = await server.request('embeddingCache/embed', { texts: TEXTS });
      expect(outcomes.map(({ kind }) => kind)).toEqual(['hit', 'hit', 'hit']);
    }
    expect(problems).toEqual([{ kind: 'damagedCache', recovered: 3, total: 3 }]);
    expect(openAi.asked).toEqual([]);
    expect(await server.stop()).toBe(0);
  });
});

describe('a newer version’s cache', () => {
  it('is told of once, left as it is, and the answer is given all the same', async () => {
    for (const file of [shard, path.join(cache, 'hashstring.db')]) {
      const db = new BetterSqlite3(file);
      db.pragma('user_version = 99');
      db.close();
    }
    const before = readFileSync(shard);
    const { exitCode, stdout, stderr } = await runCli(
      ['embed', '--json', '--dimensions', '32', ...TEXTS],
      options,
    );
    expect(exitCode).toBe(0);
    const { embeddings } = JSON.parse(stdout.toString()) as { embeddings: number[][] };
    expect(embeddings.map((numbers) => numbers.length)).toEqual([32, 32, 32]);
    expect(stderr.match(/A newer version wrote this cache\./g)).toHaveLength(1);
    expect(readFileSync(shard).equals(before)).toBe(true);
  });
});
