import { providerConfigOf } from '../../../server/src/core/providers/provider-config.ts';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../../server/src/core/errors.ts';
import type { SearchHit } from '../../../server/src/core/search/search-hit.ts';
import { FakeCore } from './fake-core.ts';
import { runWithFake } from './run-with-fake.ts';

let cwd = '';
beforeEach(async () => {
  cwd = await realpath(await mkdtemp(path.join(tmpdir(), 'commands-')));
});
afterEach(() => rm(cwd, { recursive: true }));

const openai: FakeCore['provider'] = {
  name: 'openai',
  model: 'text-embedding-3-small',
  address: 'https://api.openai.com/v1',
  host: 'api.openai.com',
  local: false,
};

function hit(over: Partial<SearchHit> = {}): SearchHit {
  const text = 'export function backoff() {\n  const wait = base * 2;\n  return wait;\n}\n// end';
  const place = { folder: cwd, path: 'src/retry.ts', startLine: 12, endLine: 16 };
  const why = {
    meaning: 0.7,
    words: null,
    fused: 0.7,
    exact: 0,
    steps: [{ signal: 'side files', change: 0.05 }],
    relevance: null,
  };
  const best = { startLine: 13, endLine: 14 };
  return { ...place, score: 0.75, text, best, symbols: ['backoff'], why, ...over };
}

describe('the command line', () => {
  it('prints its version and its help without opening core', async () => {
    const version = await runWithFake(['--version']);
    expect([version.exitCode, version.stdout, version.core.opened]).toEqual([0, '1.2.3\n', null]);
    const help = await runWithFake(['--help']);
    expect(help.exitCode).toBe(0);
    for (const name of ['index', 'search', 'similar', 'embed', 'stats', '--cache-dir']) {
      expect(help.stdout).toContain(name);
    }
  });

  it.each([
    [[]],
    [['unknown']],
    [['index', 'a', 'b']],
    [['search']],
    [['search', ' ']],
    [['search', 'x', '--limit', '0']],
    [['search', 'x', '--limit', '1e3']],
    [['search', 'x', '--mode', 'fuzzy']],
    [['similar', 'file.ts']],
    [['similar', 'file.ts:9-3']],
    [['stats', '--nothing']],
    [['stats', '--provider', 'gpt']],
  ])('exits 2 for %j and keeps stdout clean', async (args) => {
    const { exitCode, stdout, stderr } = await runWithFake(args, { cwd });
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).not.toBe('');
  });

  it('takes global options before and after the command', async () => {
    const before = await runWithFake(['--json', '--cache-dir', '/c', 'stats']);
    const after = await runWithFake(['stats', '--json', '--cache-dir', '/c']);
    expect(before.stdout).toBe(after.stdout);
    expect(before.core.opened?.config.cacheDir).toBe('/c');
    expect(after.core.opened?.config.cacheDir).toBe('/c');
  });

  it('lets core contact the named origin only, with the key that belongs to it', async () => {
    const env = { OPENAI_API_KEY: 'sk-canary', EMBEDDINGCACHE_PROVIDER: 'openai' };
    const { core } = await runWithFake(['embed', 'a'], { env });
    const deps = core.opened!.deps;
    expect(deps.mayContact('https://api.openai.com')).toBe(true);
    expect(deps.mayContact('https://evil.example.com')).toBe(false);
    expect(deps.apiKeyOf('openai', 'https://api.openai.com')).toBe('sk-canary');
    expect(deps.apiKeyOf('openai', 'https://evil.example.com')).toBeNull();
  });

  it('lets core contact nobody where only a key and an address are around', async () => {
    const env = { OPENAI_API_KEY: 'sk-canary', OPENAI_BASE_URL: 'https://llm.example.com' };
    const { core } = await runWithFake(['embed', 'a'], { env });
    expect(core.opened!.config.provider).toEqual(providerConfigOf('embedded'));
    expect(core.opened!.deps.mayContact('https://llm.example.com')).toBe(false);
  });

  it('never prints a key, even when a failure or a log holds it', async () => {
    const env = { OPENAI_API_KEY: 'sk-canary', EMBEDDINGCACHE_PROVIDER: 'openai' };
    const core = new FakeCore();
    core.failure = new Failure('internal', 'Bearer sk-canary was refused');
    core.onEmbed = () => {
      core.opened!.deps.logger.warn('header sk-canary\u001b[2J');
    };
    const { stdout, stderr } = await runWithFake(['embed', 'a'], { env, core });
    expect(stderr).toContain('warning: header [key]');
    expect(stderr).toContain('Bearer [key] was refused');
    expect(`${stdout}${stderr}`).not.toContain('sk-canary');
    expect(stderr).not.toContain('\u001b');
  });
});

describe('index', () => {
  it('prints the report as the contract has it', async () => {
    const { exitCode, stdout } = await runWithFake(['index', '--json'], { cwd });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      folder: cwd,
      files: { total: 2, indexed: 1, unchanged: 1, skipped: 0 },
      chunks: { total: 4, hits: 4, misses: 0 },
      provider: {
        name: 'embedded',
        model: 'fake-model',
        dimensions: 2,
        requests: 0,
        tokens: 0,
        costUsd: 0,
      },
      seconds: 0.25,
    });
  });

  it('says in words that nothing was embedded again', async () => {
    const { stdout } = await runWithFake(['index'], { cwd });
    expect(stdout).toContain('4 chunks: 4 hits, 0 misses');
    expect(stdout).toContain('Nothing was embedded again.');
  });

  it('only predicts in a dry run', async () => {
    const { stdout, core } = await runWithFake(['index', '--dry-run'], { cwd });
    expect(core.indexCalls).toEqual([{ folder: cwd, dryRun: true }]);
    expect(stdout).toContain('nothing was sent or stored');
  });

  it.each([
    ['missing', 'There is no folder'],
    ['file.txt', 'is not a folder'],
  ])('fails for %s with a sentence', async (name, words) => {
    await writeFile(path.join(cwd, 'file.txt'), '');
    const { exitCode, stdout, stderr } = await runWithFake(['index', name, '--json'], { cwd });
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(words);
  });

  describe('above the confirmation threshold', () => {
    function dear(): FakeCore {
      const core = new FakeCore();
      core.provider = openai;
      core.predicted = {
        misses: 3,
        name: 'openai',
        model: 'text-embedding-3-small',
        tokens: 19_000_000,
        costUsd: 0.38,
      };
      return core;
    }
    const args = ['index', '--provider', 'openai'];

    it('stops where nobody can be asked, and says how to go on', async () => {
      const { exitCode, stderr, core } = await runWithFake(args, { cwd, core: dear() });
      expect(exitCode).toBe(1);
      expect(stderr).toContain('3 new chunks would cost about $0.38');
      expect(stderr).toContain('19,000,000 tokens to api.openai.com');
      expect(stderr).toContain('--yes');
      expect(core.indexCalls).toEqual([{ folder: cwd, dryRun: true }]);
    });

    it('goes on after a yes on the terminal', async () => {
      const { exitCode, core } = await runWithFake(args, { cwd, core: dear(), answers: 'y\n' });
      expect(exitCode).toBe(0);
      expect(core.indexCalls.map(({ dryRun }) => dryRun)).toEqual([true, false]);
    });

    it.each(['\n', 'no\n', ''])('stops after %j', async (answers) => {
      const { exitCode, core } = await runWithFake(args, { cwd, core: dear(), answers });
      expect(exitCode).toBe(1);
      expect(core.indexCalls.map(({ dryRun }) => dryRun)).toEqual([true]);
    });

    it('does not ask with --yes', async () => {
      const { exitCode, core } = await runWithFake([...args, '--yes'], { cwd, core: dear() });
      expect(exitCode).toBe(0);
      expect(core.indexCalls.map(({ dryRun }) => dryRun)).toEqual([false]);
    });

    it('does not ask below it', async () => {
      const core = dear();
      core.predicted = { ...core.predicted, costUsd: 0.1 };
      expect((await runWithFake(args, { cwd, core })).exitCode).toBe(0);
    });

    it('asks for a dear model behind an address on this computer, too', async () => {
      const core = dear();
      core.provider = { ...openai, local: true, host: '127.0.0.1:4000' };
      expect((await runWithFake(args, { cwd, core })).exitCode).toBe(1);
    });

    it('says that a price is unknown, and goes on', async () => {
      const core = dear();
      core.provider = { ...openai, name: 'openaiCompatible', model: 'own' };
      core.predicted = { misses: 3, tokens: 5 };
      const { exitCode, stderr } = await runWithFake(args, { cwd, core });
      expect(exitCode).toBe(0);
      expect(stderr).toContain('The price of this endpoint is unknown.');
    });
  });

  it('names chunks that got no vector, and still is done', async () => {
    const core = new FakeCore();
    core.failures = Array.from({ length: 7 }, (_, i) => {
      return { path: `f${i}.ts`, startLine: 1, endLine: 2, reason: 'no word' };
    });
    const { exitCode, stdout, stderr } = await runWithFake(['index', '--json'], { cwd, core });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ failures: core.failures });
    expect(stderr).toContain('7 chunks got no vector');
    expect(stderr).toContain('f4.ts:1-2  no word\n  and 2 more\n');
  });

  it('asks before it indexes a home folder', async () => {
    const { exitCode, stderr, core } = await runWithFake(['index', homedir()], { cwd });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('is very broad');
    expect(core.indexCalls).toEqual([]);
  });
});

describe('search', () => {
  it('prints exactly the fields of the contract', async () => {
    const core = new FakeCore();
    core.hits = [hit()];
    const { stdout } = await runWithFake(['search', 'retry', '--json'], { cwd, core });
    expect(JSON.parse(stdout)).toEqual([
      {
        path: 'src/retry.ts',
        startLine: 12,
        endLine: 16,
        best: { startLine: 13, endLine: 14 },
        score: 0.75,
        text: hit().text,
      },
    ]);
  });

  it('passes on which files count, and says why a hit stands where it does when asked', async () => {
    const run = (...flags: string[]) => {
      const core = new FakeCore();
      core.hits = [hit()];
      return runWithFake(['search', 'wait', ...flags], { cwd, core });
    };
    const tests = await run('--json', '--tests', '--explain');
    expect(tests.core.searchCalls[0]?.options).toMatchObject({ tests: true });
    expect(JSON.parse(tests.stdout)).toMatchObject([{ path: 'src/retry.ts', why: { fused: 0.7 } }]);
    const others = await run('--json', '--no-tests', '--changed-since', 'main');
    expect(others.core.searchCalls[0]?.options).toMatchObject({
      tests: false,
      changedSince: 'main',
    });
    expect(JSON.parse(others.stdout)).toEqual([
      expect.not.objectContaining({ why: expect.anything() as unknown }),
    ]);
    const words = await run('--explain');
    expect(words.stdout).toContain('meaning 0.700, words no: 0.700, side files +0.050');
  });

  it('passes folder, limit, mode and filters on', async () => {
    const args = ['search', 'retry', '--folder', '.', '--limit', '3', '--mode', 'text'];
    const filters = ['--path', 'src/**', '--language', 'typescript'];
    const { core } = await runWithFake([...args, ...filters], { cwd });
    expect(core.searchCalls).toMatchObject([
      {
        folders: [cwd],
        query: 'retry',
        options: { limit: 3, mode: 'text', path: 'src/**', language: 'typescript' },
      },
    ]);
  });

  it('shows the lines nearest to the question, with their numbers', async () => {
    const core = new FakeCore();
    const best = { startLine: 14, endLine: 16 };
    core.hits = [hit({ text: `// Doubles\n\n${hit().text}`, best })];
    const { stdout } = await runWithFake(['search', 'return the wait'], { cwd, core });
    expect(stdout).toBe(
      'src/retry.ts:12-16  0.750\n  14  export function backoff() {\n  15    const wait = base * 2;\n  16    return wait;\n',
    );
  });

  it('lets no control character of a file reach the terminal', async () => {
    const core = new FakeCore();
    const best = { startLine: 12, endLine: 12 };
    core.hits = [hit({ text: 'a\u001b]0;owned\u0007', best })];
    const { stdout } = await runWithFake(['search', 'a'], { cwd, core });
    expect(stdout).toContain('a\u{fffd}]0;owned\u{fffd}');
  });

  it('answers nothing with an empty list, and says so to a person', async () => {
    expect((await runWithFake(['search', 'x', '--json'], { cwd })).stdout).toBe('[]\n');
    const { exitCode, stdout, stderr } = await runWithFake(['search', 'x'], { cwd });
    expect([exitCode, stdout]).toEqual([0, '']);
    expect(stderr).toContain('Nothing close found in 2 files.');
  });

  it('says how to index a folder that is not indexed yet', async () => {
    const core = new FakeCore();
    core.indexed = false;
    const { exitCode, stderr } = await runWithFake(['search', 'x'], { cwd, core });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`embeddingcache index ${cwd}`);
  });

  it('turns a missing key into words', async () => {
    const core = new FakeCore();
    core.failure = new Failure('noApiKey', 'openai: no key', { provider: 'openai' });
    const { exitCode, stderr } = await runWithFake(['search', 'x'], { cwd, core });
    expect(exitCode).toBe(1);
    expect(stderr).toBe('embeddingcache: OpenAI needs an API key. Set OPENAI_API_KEY.\n');
  });
});

describe('similar', () => {
  it('asks with the lines of the file and leaves these lines out', async () => {
    await writeFile(path.join(cwd, 'a.ts'), 'one\ntwo\nthree\nfour\n');
    const core = new FakeCore();
    core.hits = [
      hit({ path: 'a.ts', startLine: 2, endLine: 3 }),
      hit({ path: 'a.ts', startLine: 4, endLine: 4 }),
      hit({ path: 'b.ts', startLine: 2, endLine: 3 }),
    ];
    const { stdout } = await runWithFake(['similar', 'a.ts:2-3', '--json'], { cwd, core });
    expect(core.searchCalls[0]?.query).toBe('two\nthree');
    expect(JSON.parse(stdout)).toMatchObject([
      { path: 'a.ts', startLine: 4 },
      { path: 'b.ts', startLine: 2 },
    ]);
  });

  it('takes the whole function around a single line', async () => {
    const code = 'export function add(a: number, b: number) {\n  return a + b;\n}\n';
    await writeFile(path.join(cwd, 'a.ts'), code);
    const { core } = await runWithFake(['similar', 'a.ts:2', '--json'], { cwd });
    expect(core.searchCalls[0]?.query).toBe(code.trimEnd());
  });

  it('says that a file or a line is not there', async () => {
    await writeFile(path.join(cwd, 'a.ts'), 'one\n');
    for (const place of ['a.ts:9', 'none.ts:1']) {
      const { exitCode, stderr } = await runWithFake(['similar', place], { cwd });
      expect([exitCode, stderr.split('\n').length]).toEqual([1, 2]);
    }
  });
});

describe('stats', () => {
  it('prints exactly the fields of the contract', async () => {
    const { stdout } = await runWithFake(['stats', '--json']);
    const stats = JSON.parse(stdout) as Record<string, unknown>;
    expect(Object.keys(stats)).toEqual(['directory', 'texts', 'bytes', 'spaces', 'usage']);
  });

  it('prints a table for a person', async () => {
    const { stdout } = await runWithFake(['stats']);
    expect(stdout).toContain('1,204 texts, 412 MB');
    expect(stdout).toMatch(/embedded +fake-model +2 +float32 +1,204 +9\.8 MB/);
    expect(stdout).toMatch(/all time +10 +0 +0 +0 +\$0\.00 +\$0\.0042/);
  });

  it('prints use by day and model', async () => {
    const core = new FakeCore();
    const nothing = await runWithFake(['stats', '--by-day'], { core });
    expect(nothing.stdout).toBe('Nothing embedded yet.\n');
    const space = { space: 'ab12', provider: 'openai', model: 'small', dimensions: 1536 };
    const counters = { hits: 1204, misses: 3, requests: 1, tokens: 900 };
    const money = { costUsd: 0.25, savedUsd: 12 };
    core.days = [
      { day: '2026-02-01', ...space, ...counters, ...money },
      {
        day: '2026-01-31',
        ...space,
        provider: null,
        model: null,
        dimensions: null,
        ...counters,
        ...money,
      },
    ];
    const { stdout } = await runWithFake(['stats', '--by-day'], { core });
    expect(stdout).toMatch(/2026-02-01 +openai small +1536 +1,204 +3 +1 +900 +\$0\.25 +\$12\.00/);
    expect(stdout).toMatch(/2026-01-31 +ab12 /);
    const json = await runWithFake(['stats', '--by-day', '--json'], { core });
    expect(JSON.parse(json.stdout)).toEqual(core.days);
  });

  it('needs no key and no address, whatever provider the environment names', async () => {
    const env = { EMBEDDINGCACHE_PROVIDER: 'openaiCompatible' };
    const { exitCode, core } = await runWithFake(['stats'], { env });
    expect(exitCode).toBe(0);
    expect(core.opened?.config.provider).toEqual(providerConfigOf('embedded'));
  });
});

describe('duplicates', () => {
  const places = ['src/a.ts', 'lib/b.ts'].map((file) => ({
    folder: cwd,
    path: file,
    startLine: 3,
    endLine: 9,
  }));

  it('prints groups and places, and as JSON with the number of all groups', async () => {
    const core = new FakeCore();
    core.found = { groups: [{ lines: 7, likeness: 0.987, places }], total: 3 };
    const { stdout } = await runWithFake(['duplicates'], { cwd, core });
    expect(stdout).toBe(
      '2 copies · 7 lines · 98%\n  src/a.ts:3-9\n  lib/b.ts:3-9\n\n2 groups more\n',
    );
    const json = await runWithFake(['duplicates', '--json', '--likeness', 'exact'], { cwd, core });
    expect(JSON.parse(json.stdout)).toMatchObject({
      total: 3,
      groups: [{ lines: 7, places: [{ path: 'src/a.ts', startLine: 3 }, { path: 'lib/b.ts' }] }],
    });
  });

  it('says so when there are none', async () => {
    const { stdout, stderr } = await runWithFake(['duplicates'], { cwd, core: new FakeCore() });
    expect([stdout, stderr]).toEqual(['', expect.stringContaining('No duplicates found.')]);
  });
});
