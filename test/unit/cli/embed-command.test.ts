import { mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../../server/src/core/errors.ts';
import { FakeCore } from './fake-core.ts';
import { runWithFake } from './run-with-fake.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'embed-command-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('embed', () => {
  it('prints one JSON object with a vector per text, in order', async () => {
    const { exitCode, stdout, stderr } = await runWithFake(['embed', 'a', 'ccc', 'bb']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      model: 'fake-model',
      dimensions: 2,
      hits: 0,
      misses: 3,
      embeddings: [
        [1, 0.5],
        [3, 0.5],
        [2, 0.5],
      ],
    });
    expect(stderr).toContain('3 texts: 0 hits, 3 misses');
  });

  it('counts a text given twice as one miss and one hit', async () => {
    const { stdout } = await runWithFake(['embed', 'a', 'a', 'b']);
    expect(JSON.parse(stdout)).toMatchObject({ hits: 1, misses: 2 });
  });

  it('takes a line a text, whatever ends the lines, and keeps empty ones', async () => {
    const stdin = '\u{feff}one\r\n\ntwo\u2028still two\nlast';
    const { core } = await runWithFake(['embed', '--input', '-'], { stdin });
    expect(core.embedCalls).toEqual([['one', '', 'two\u2028still two', 'last']]);
  });

  it('makes no text of the end of the last line', async () => {
    const { core } = await runWithFake(['embed', '--input', '-'], { stdin: 'one\n' });
    expect(core.embedCalls).toEqual([['one']]);
  });

  it('reads characters that are cut between two parts of the input', async () => {
    const whole = Buffer.from('é😀\nx');
    const stdin = [...whole].map((byte) => Buffer.from([byte]));
    const { core } = await runWithFake(['embed', '--input', '-'], { stdin });
    expect(core.embedCalls).toEqual([['é😀', 'x']]);
  });

  it('takes JSON lines, and lists a broken one as failed without losing the rest', async () => {
    const stdin = '{"text":"a\\nb"}\n\n{"text":7}\n{"text":"c"}\n';
    const args = ['embed', '--input', '-', '--format', 'jsonl'];
    const { exitCode, stdout, core } = await runWithFake(args, { stdin });
    expect(exitCode).toBe(1);
    expect(core.embedCalls).toEqual([['a\nb', 'c']]);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { index: 0, embedding: [3, 0.5] },
      { index: 1, error: 'line 3 is not a JSON object with a string "text"' },
      { index: 2, embedding: [1, 0.5] },
    ]);
  });

  it('gives core a large input in batches and keeps the order', async () => {
    const texts = Array.from({ length: 5000 }, (_, i) => 'x'.repeat(1 + (i % 7)));
    const args = ['embed', '--input', '-', '--format', 'jsonl'];
    const { stdout, core } = await runWithFake(args, { stdin: texts.join('\n') });
    expect(core.embedCalls.map((call) => call.length)).toEqual([2048, 2048, 904]);
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { index: number; embedding: number[] });
    expect(rows.map(({ index }) => index)).toEqual(texts.map((_, i) => i));
    expect(rows.map(({ embedding }) => embedding[0])).toEqual(texts.map((text) => text.length));
  });

  it('writes the rest, names the failed text and exits 1', async () => {
    const { exitCode, stdout, stderr } = await runWithFake(['embed', 'a', 'bad one', 'b']);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      embeddings: [[1, 0.5], null, [1, 0.5]],
      hits: 0,
      misses: 2,
      errors: [{ index: 1, error: 'cannot embed bad one' }],
    });
    expect(stderr).toContain('text 1 failed: cannot embed bad one');
  });

  it('gives an empty input an empty list', async () => {
    const { exitCode, stdout } = await runWithFake(['embed', '--input', '-']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      model: 'fake-model',
      dimensions: 2,
      embeddings: [],
      hits: 0,
      misses: 0,
    });
  });

  it('writes NumPy files with an aligned header, and NaN for a failed text', async () => {
    const args = ['embed', 'a', 'bad', 'ccc', '--output', 'v.npy', '--json'];
    const { exitCode, stdout } = await runWithFake(args, { cwd: folder });
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ dimensions: 2, misses: 2, errors: [{ index: 1 }] });
    const file = await readFile(path.join(folder, 'v.npy'));
    expect(file.subarray(0, 8)).toEqual(Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]));
    const headerEnd = 10 + file.readUInt16LE(8);
    expect(headerEnd % 64).toBe(0);
    expect(file.subarray(10, headerEnd).toString()).toMatch(
      /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(3, 2\), \} +\n$/,
    );
    const numbers = Array.from({ length: 6 }, (_, i) => file.readFloatLE(headerEnd + 4 * i));
    expect(file.length).toBe(headerEnd + 24);
    expect(numbers).toEqual([1, 0.5, Number.NaN, Number.NaN, 3, 0.5]);
    expect(await readdir(folder)).toEqual(['v.npy']);
  });

  it('writes the same NumPy bytes to a pipe', async () => {
    await runWithFake(['embed', 'a', 'b', '--output', 'v.npy'], { cwd: folder });
    const { bytes } = await runWithFake(['embed', 'a', 'b', '--format', 'npy']);
    expect(bytes).toEqual(await readFile(path.join(folder, 'v.npy')));
  });

  it('does not write NumPy’s binary format to a terminal', async () => {
    const stdout = Object.assign(
      new Writable({
        write: (_p, _e, done) => {
          done();
        },
      }),
      {
        isTTY: true,
      },
    );
    const { exitCode, stderr } = await runWithFake(['embed', 'a', '--format', 'npy'], { stdout });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--output FILE');
  });

  it('writes through a link and leaves the link a link', async () => {
    await writeFile(path.join(folder, 'real.jsonl'), 'old');
    await symlink('real.jsonl', path.join(folder, 'link.jsonl'));
    await runWithFake(['embed', 'a', '--output', 'link.jsonl'], { cwd: folder });
    const written = await readFile(path.join(folder, 'real.jsonl'), 'utf8');
    expect(written).toBe('{"index":0,"embedding":[1,0.5]}\n');
  });

  it('leaves an older output file as it was when the run fails', async () => {
    await writeFile(path.join(folder, 'v.json'), 'old');
    const core = new FakeCore();
    core.failure = new Failure('unreachable', 'api.example.com cannot be reached.');
    const args = ['embed', 'a', '--output', 'v.json'];
    const { exitCode, stderr } = await runWithFake(args, { cwd: folder, core });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('api.example.com cannot be reached.');
    expect(await readFile(path.join(folder, 'v.json'), 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['v.json']);
    expect(core.closed).toBe(true);
  });

  it('says that the output cannot be written before it embeds anything', async () => {
    const args = ['embed', 'a', '--output', 'no/such/folder/v.json'];
    const { exitCode, stderr, core } = await runWithFake(args, { cwd: folder });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('v.json cannot be written (ENOENT).');
    expect(core.embedCalls).toEqual([]);
  });

  it.each([
    [['embed'], 'Nothing to embed'],
    [['embed', 'a', '--input', '-'], 'not both'],
    [['embed', 'a', '--format', 'csv'], 'Allowed choices are json, jsonl, npy'],
  ])('refuses %j as wrong usage', async (args, words) => {
    const { exitCode, stdout, stderr } = await runWithFake(args);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(words);
  });

  it.each([
    ['missing.txt', 'there is no such file'],
    ['latin1.txt', 'is not UTF-8 text'],
  ])('says what is wrong with %s', async (name, words) => {
    await writeFile(path.join(folder, 'latin1.txt'), Buffer.from('caf\u00e9', 'latin1'));
    const { exitCode, stdout, stderr } = await runWithFake(
      ['embed', '--input', name, '--format', 'jsonl'],
      { cwd: folder },
    );
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(`${name} `);
    expect(stderr).toContain(words);
  });

  it('ends with 130 when it is interrupted, and closes core', async () => {
    const controller = new AbortController();
    const core = new FakeCore();
    core.onEmbed = () => {
      controller.abort();
    };
    const ended = await runWithFake(['embed', 'a'], { core, signal: controller.signal });
    expect(ended.exitCode).toBe(130);
    expect(ended.stderr).toContain('What was embedded is kept.');
    expect(core.closed).toBe(true);
  });

  it('ends quietly when nobody reads its output any more', async () => {
    const gone = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    const stdout = new Writable({
      write: (_part, _encoding, done) => {
        done(gone);
      },
    });
    stdout.on('error', () => undefined);
    const { exitCode, stderr, core } = await runWithFake(['embed', 'a'], { stdout });
    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
    expect(core.closed).toBe(true);
  });

  it('says nothing on stderr when quiet', async () => {
    const { stderr } = await runWithFake(['embed', 'a', '--quiet']);
    expect(stderr).toBe('');
  });
});
