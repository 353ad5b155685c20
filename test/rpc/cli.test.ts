import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { IndexReport } from '../../server/src/core/index/index-report.ts';
import { expectedVector } from '../support/expected-vector.ts';
import { startOpenAiServer, type OpenAiServer } from '../support/openai-server.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { runCli, runJson, startCli, type CliOptions } from './cli-process.ts';

const FIXTURE = path.join(import.meta.dirname, '../fixtures/workspace');
const CANARY = 'sk-canary-6f1d9a';

let home = '';
let folder = '';
let server: OpenAiServer;
beforeEach(async () => {
  home = tempDirectory();
  folder = path.join(home, 'shop');
  cpSync(FIXTURE, folder, { recursive: true });
  server = await startOpenAiServer({ apiKey: CANARY });
});
afterEach(() => server.close());

/** The embedded provider, unless the environment names another. */
function here(env: Record<string, string> = {}): CliOptions {
  return { cwd: home, env: { EMBEDDINGCACHE_DIR: path.join(home, 'cache'), ...env } };
}

function withOpenAi(env: Record<string, string> = {}): CliOptions {
  return here({
    EMBEDDINGCACHE_PROVIDER: 'openai',
    OPENAI_BASE_URL: server.baseUrl,
    OPENAI_API_KEY: CANARY,
    ...env,
  });
}

/** From here on only the cache knows what was embedded. */
function loseIndexes(): void {
  rmSync(path.join(home, 'cache/workspaces'), { recursive: true });
}

/** Every byte below a folder. */
function bytesBelow(root: string): Buffer {
  const files = readdirSync(root, { recursive: true, withFileTypes: true });
  return Buffer.concat(
    files
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name))),
  );
}

describe('index by the command line', () => {
  it('embeds nothing the second time', async () => {
    const first = await runJson<IndexReport>(['index', folder], withOpenAi());
    expect(first.chunks.misses).toBeGreaterThan(10);
    expect(first.chunks.misses).toBe(new Set(server.asked).size);
    expect(first.provider).toMatchObject({ name: 'openai', dimensions: 1536, requests: 1 });
    server.forget();
    const second = await runJson<IndexReport>(['index', folder], withOpenAi());
    expect(second.chunks).toEqual({
      total: first.chunks.total,
      hits: first.chunks.total,
      misses: 0,
    });
    expect(second.provider).toMatchObject({ requests: 0, tokens: 0, costUsd: 0 });
    expect(second.files).toMatchObject({ indexed: 0, unchanged: first.files.indexed });
    expect(server.requests).toEqual([]);
  });

  it('embeds nothing when the index is lost and made again from the cache', async () => {
    const first = await runJson<IndexReport>(['index', folder], withOpenAi());
    server.forget();
    loseIndexes();
    const second = await runJson<IndexReport>(['index', folder], withOpenAi());
    expect(second.files.indexed).toBe(first.files.indexed);
    expect(second.chunks).toMatchObject({ total: first.chunks.total, misses: 0 });
    expect(server.requests).toEqual([]);
  });

  it('embeds only the chunks an edit touches', async () => {
    await runJson(['index', folder], withOpenAi());
    server.forget();
    const file = path.join(folder, 'src/net/retry.ts');
    const code = readFileSync(file, 'utf8');
    writeFileSync(file, code.replace('attempts = 5', 'attempts = 7'));
    const report = await runJson<IndexReport>(['index', folder], withOpenAi());
    expect(report.files.indexed).toBe(1);
    expect(report.chunks.misses).toBe(1);
    expect(server.asked).toEqual([expect.stringContaining('attempts = 7')]);
    loseIndexes();
    expect((await runJson<IndexReport>(['index', folder], withOpenAi())).chunks.misses).toBe(0);
  });

  it('embeds nothing for the same files at another path', async () => {
    await runJson(['index', folder], withOpenAi());
    server.forget();
    const clone = path.join(home, 'elsewhere', 'clone');
    cpSync(folder, clone, { recursive: true });
    const report = await runJson<IndexReport>(['index', clone], withOpenAi());
    expect(report.files.indexed).toBeGreaterThan(0);
    expect(report.chunks.misses).toBe(0);
    expect(server.requests).toEqual([]);
  });

  it('embeds nothing again after a switch to another model and back', async () => {
    const small = ['index', folder, '--model', 'text-embedding-3-small'];
    const large = ['index', folder, '--model', 'text-embedding-3-large'];
    const first = await runJson<IndexReport>(small, withOpenAi());
    const other = await runJson<IndexReport>(large, withOpenAi());
    expect(other.chunks.misses).toBe(first.chunks.misses);
    server.forget();
    loseIndexes();
    for (const args of [small, large]) {
      expect((await runJson<IndexReport>(args, withOpenAi())).chunks.misses).toBe(0);
    }
    expect(server.requests).toEqual([]);
    const { spaces } = await runJson<{ spaces: object[] }>(['stats'], here());
    expect(spaces).toMatchObject([
      { provider: 'openai', embeddings: first.chunks.misses },
      { provider: 'openai', embeddings: first.chunks.misses },
    ]);
  });

  it('predicts in a dry run what the run then does, and sends nothing for it', async () => {
    const dry = await runJson<IndexReport>(['index', folder, '--dry-run'], withOpenAi());
    expect(server.requests).toEqual([]);
    expect(dry.provider.tokens).toBeGreaterThan(0);
    expect(dry.provider.costUsd).toBeGreaterThan(0);
    const run = await runJson<IndexReport>(['index', folder], withOpenAi());
    expect(run.chunks).toEqual(dry.chunks);
    expect(run.files).toEqual(dry.files);
  });

  it('keeps what was answered before Ctrl+C, and goes on from there', async () => {
    const many = path.join(home, 'many');
    mkdirSync(many);
    for (let i = 0; i < 100; i++) {
      writeFileSync(path.join(many, `f${i}.ts`), `export function f${i}() {\n  return ${i};\n}\n`);
    }
    // A compatible endpoint takes 32 texts a request, so that there is a second one to stop at.
    const args = ['index', many, '--provider', 'openaiCompatible', '--model', 'm'];
    const options = withOpenAi();
    server.script(null, { kind: 'hold' });
    const { child, ended } = startCli([...args, '--dimensions', '8'], options);
    await server.waitForRequests(2);
    child.kill('SIGINT');
    const { exitCode, stdout, stderr } = await ended;
    expect(exitCode).toBe(130);
    expect(stdout.toString()).toBe('');
    expect(stderr).toContain('What was embedded is kept.');
    const kept = new Set(server.answered);
    expect(kept.size).toBeGreaterThan(0);
    server.release();
    server.forget();
    loseIndexes();
    await runJson([...args, '--dimensions', '8'], options);
    expect(server.asked.filter((text) => kept.has(text))).toEqual([]);
    expect(kept.size + server.asked.length).toBe(100);
  });

  it('needs consent: a key and an address alone send nothing', async () => {
    const options = withOpenAi({ EMBEDDINGCACHE_PROVIDER: '' });
    const report = await runJson<IndexReport>(['index', folder], options);
    expect(report.provider).toMatchObject({ name: 'embedded', requests: 0 });
    expect(server.requests).toEqual([]);
  });
});

describe('search by the command line', () => {
  it('finds a function by words that its text does not hold', async () => {
    await runJson(['index', folder], here());
    const query = ['search', 'try a failed call again', '--folder', folder];
    const hits = await runJson<Record<string, unknown>[]>(query, here());
    expect(Object.keys(hits[0]!)).toEqual([
      ...['path', 'startLine', 'endLine', 'score', 'text', 'best'],
    ]);
    expect(hits[0]).toMatchObject({ path: 'src/net/retry.ts' });
    const scores = hits.map(({ score }) => score as number);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    const lines = readFileSync(path.join(folder, 'src/net/retry.ts'), 'utf8').split('\n');
    const { startLine, endLine, text } = hits[0] as Record<'startLine' | 'endLine', number> & {
      text: string;
    };
    expect(lines.slice(startLine - 1, endLine).join('\n')).toBe(text);
  });

  it('keeps to limit, path and language', async () => {
    await runJson(['index', folder], here());
    const search = (...flags: string[]): Promise<{ path: string }[]> =>
      runJson(['search', 'price of a product', '--folder', folder, ...flags], here());
    expect(await search('--limit', '2')).toHaveLength(2);
    for (const { path: found } of await search('--path', 'scripts/**')) {
      expect(found).toMatch(/^scripts\//);
    }
    const python = await search('--language', 'python');
    expect(python.length).toBeGreaterThan(0);
    for (const { path: found } of python) expect(found).toMatch(/\.py$/);
  });

  it('finds code like some lines, but not these lines', async () => {
    await runJson(['index', folder], here());
    const args = ['similar', `${folder}/src/net/retry.ts:12`, '--folder', folder];
    const hits = await runJson<{ path: string; startLine: number; endLine: number }[]>(
      args,
      here(),
    );
    expect(hits.length).toBeGreaterThan(0);
    const own = hits.filter((hit) => hit.path === 'src/net/retry.ts');
    expect(own.filter((hit) => hit.startLine <= 12 && hit.endLine >= 12)).toEqual([]);
  });

  it('exits 1 for a folder that is not indexed', async () => {
    const { exitCode, stdout, stderr } = await runCli(['search', 'x', '--folder', folder], here());
    expect([exitCode, stdout.toString()]).toEqual([1, '']);
    expect(stderr).toContain('embeddingcache index');
  });
});

describe('embed by the command line', () => {
  it('asks for each text once, and gives every place its vector', async () => {
    const args = ['embed', 'a', 'b', 'a', 'c', 'b', 'a', '--dimensions', '16'];
    const answer = await runJson<{ embeddings: number[][] }>(args, withOpenAi());
    expect(server.asked.toSorted()).toEqual(['a', 'b', 'c']);
    expect(answer).toMatchObject({
      model: 'text-embedding-3-small',
      dimensions: 16,
      hits: 3,
      misses: 3,
      embeddings: ['a', 'b', 'a', 'c', 'b', 'a'].map((text) => [
        ...expectedVector(text, 'text-embedding-3-small', 16),
      ]),
    });
    server.forget();
    const again = await runJson(args, withOpenAi());
    expect(again).toMatchObject({ hits: 6, misses: 0, embeddings: answer.embeddings });
    expect(server.requests).toEqual([]);
  });

  it('writes NumPy’s format, in the order of 3,000 lines', async () => {
    const texts = Array.from({ length: 3000 }, (_, i) => `line ${(i * 7) % 1000}`);
    const output = path.join(home, 'vectors.npy');
    const args = ['embed', '--input', '-', '--output', output, '--dimensions', '8'];
    const run = await runCli(args, { ...withOpenAi(), stdin: `${texts.join('\n')}\n` });
    expect(run).toMatchObject({ exitCode: 0, stdout: Buffer.alloc(0) });
    expect(server.asked).toHaveLength(1000);

    const file = readFileSync(output);
    const start = 10 + file.readUInt16LE(8);
    expect(file.subarray(0, 8).toString('latin1')).toBe('\u0093NUMPY\u0001\u0000');
    expect(file.subarray(10, start).toString()).toContain(
      `{'descr': '<f4', 'fortran_order': False, 'shape': (3000, 8), }`,
    );
    const vectors = texts.map((text) => expectedVector(text, 'text-embedding-3-small', 8));
    const expected = Buffer.concat(vectors.map((vector) => Buffer.from(vector.buffer)));
    expect(file.subarray(start).equals(expected)).toBe(true);
  });

  it.runIf(hasNumPy())('is read by NumPy itself', async () => {
    const output = path.join(home, 'v.npy');
    await runCli(['embed', 'a', 'b', '--output', output, '--dimensions', '8'], withOpenAi());
    const script =
      'import json, sys, numpy; a = numpy.load(sys.argv[1]); ' +
      'print(json.dumps([str(a.dtype), a.shape, a.flags.c_contiguous, a.tolist()]))';
    const read = execFileSync('python3', ['-c', script, output]).toString();
    const rows = ['a', 'b'].map((text) => [...expectedVector(text, 'text-embedding-3-small', 8)]);
    expect(JSON.parse(read)).toEqual(['float32', [2, 8], true, rows]);
  });

  it('lists a refused text and writes the rest', async () => {
    await server.close();
    server = await startOpenAiServer({ refuses: (text) => text.includes('too long') });
    const args = ['embed', 'a', 'too long', 'b', '--format', 'jsonl', '--dimensions', '4'];
    const { exitCode, stdout } = await runCli(args, withOpenAi());
    expect(exitCode).toBe(1);
    const rows = stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(rows).toEqual([
      { index: 0, embedding: [...expectedVector('a', 'text-embedding-3-small', 4)] },
      { index: 1, error: expect.stringContaining('400') as string },
      { index: 2, embedding: [...expectedVector('b', 'text-embedding-3-small', 4)] },
    ]);
  });

  it('ends quietly when its reader goes away', async () => {
    const stdin = Array.from({ length: 20_000 }, (_, i) => `text number ${i}`).join('\n');
    const args = ['embed', '--input', '-', '--format', 'jsonl'];
    const { child, ended } = startCli(args, { ...here(), stdin });
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { exitCode, stderr } = await ended;
    expect([exitCode, stderr]).toEqual([0, '']);
  });
});

describe('the command line as a whole', () => {
  it('prints nothing but JSON on stdout, and nothing on stderr when quiet', async () => {
    for (const args of [
      ['index', folder],
      ['search', 'x', '--folder', folder],
      ['embed', 'x'],
      ['stats'],
    ]) {
      const { exitCode, stdout, stderr } = await runCli([...args, '--json', '--quiet'], here());
      expect(() => JSON.parse(stdout.toString()) as unknown, args[0]).not.toThrow();
      expect([args[0], exitCode, stderr]).toEqual([args[0], 0, '']);
    }
  });

  it.each([
    [['--version'], 0],
    [['--help'], 0],
    [['index', '--frobnicate'], 2],
    [['embed'], 2],
    [['embed', '--input', 'nothing-here.txt'], 1],
    [['index', 'nothing-here'], 1],
  ])('%j exits %d', async (args, exitCode) => {
    expect((await runCli(args, here())).exitCode).toBe(exitCode);
  });

  it('asks for a key in one sentence, and contacts nobody without one', async () => {
    const { exitCode, stderr } = await runCli(['embed', 'a'], withOpenAi({ OPENAI_API_KEY: '' }));
    expect(exitCode).toBe(1);
    expect(stderr).toBe('embeddingcache: OpenAI needs an API key. Set OPENAI_API_KEY.\n');
    expect(server.requests).toEqual([]);
  });

  it('lets no key into its output or its files, even when the server repeats it', async () => {
    const wrong = 'sk-canary-wrong-77';
    const refused = await runCli(['index', folder], withOpenAi({ OPENAI_API_KEY: wrong }));
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('refused the API key (401)');
    const taken = await runCli(['index', folder, '--json'], withOpenAi());
    expect(taken.exitCode).toBe(0);
    expect(server.requests.at(-1)?.headers.authorization).toBe(`Bearer ${CANARY}`);
    for (const text of [refused.stdout, refused.stderr, taken.stdout, taken.stderr]) {
      expect(text.toString()).not.toContain('sk-canary');
    }
    const cache = path.join(home, 'cache');
    expect(existsSync(path.join(cache, 'hashstring.db'))).toBe(true);
    const bytes = bytesBelow(cache);
    const key = Buffer.from(CANARY);
    const forms = [
      key,
      key.toString('base64'),
      key.toString('hex'),
      Buffer.from(CANARY, 'utf16le'),
    ];
    for (const form of forms) expect(bytes.includes(form)).toBe(false);
  });

  it('refuses a Node that would crash, before it loads the database', async () => {
    const old = `Object.defineProperty(process, 'versions', { value: { node: '20.1.0', napi: '9' } })`;
    const nodeOptions = ['--import', `data:text/javascript,${encodeURIComponent(old)}`];
    const { exitCode, stdout, stderr } = await runCli(['stats'], { ...here(), nodeOptions });
    expect([exitCode, stdout.toString()]).toEqual([1, '']);
    expect(stderr).toContain('needs Node.js 22.14 or newer; this is 20.1.0.');
    expect(existsSync(path.join(home, 'cache'))).toBe(false);
  });
});

function hasNumPy(): boolean {
  try {
    execFileSync('python3', ['-c', 'import numpy'], { stdio: 'ignore' });
    return true;
  } catch {
    // No Python, or one without NumPy: the other test reads the bytes itself.
    return false;
  }
}
