import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readmeBlock } from '../support/readme-block.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const HEADING = 'In a Node program';
const hasNumpy = spawnSync('python3', ['-c', 'import numpy']).status === 0;

/** A program's folder with nothing in it but the packed package. */
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'embeddingcache-package-'));
  // Packs dist/ as it was built for this run; building again would pull it from under other tests.
  npm(ROOT, 'pack', '--ignore-scripts', '--pack-destination', folder);
  const [tarball] = readdirSync(folder);
  writeFileSync(path.join(folder, 'package.json'), '{ "name": "program", "private": true }');
  // Offline: it must not need another package.
  npm(folder, 'install', '--offline', '--no-audit', '--no-fund', path.join(folder, tarball!));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the package for Node programs', () => {
  it('is installed alone, with neither the extension nor the server in it', () => {
    const inside = path.join(folder, 'node_modules');
    expect(readdirSync(inside).filter((name) => !name.startsWith('.'))).toEqual(['embeddingcache']);
    expect(readdirSync(path.join(inside, 'embeddingcache/dist'))).not.toContain('client');
  });

  it('runs the README’s five lines, and again without embedding anything', () => {
    const script = readmeBlock(HEADING, 'js');
    expect(script.split('\n')).toHaveLength(5);
    expect(node('five-lines.mjs', script)).toBe('');
    const more = script.replace('await cache.close();', 'console.log(matrix.hits, matrix.misses);');
    expect(node('again.mjs', `${more}\nawait cache.close();`)).toBe('3 0\n');
    expect(readdirSync(folder)).toContain('vectors.npy');
  });

  it.skipIf(!hasNumpy)('writes what the README’s Python lines read (needs python3-numpy)', () => {
    node('five-lines.mjs', readmeBlock(HEADING, 'js'));
    const printed = execFileSync('python3', ['-c', readmeBlock(HEADING, 'python')], {
      cwd: folder,
      encoding: 'utf8',
    });
    const [shape, products] = printed.split('\n');
    expect(shape).toBe('float32 (3, 256)');
    // The order of the texts: the first is like itself, then more like the second than the third.
    const [itself, near, far] = products!.match(/-?\d+\.\d*(e-?\d+)?/g)!.map(Number);
    expect(itself).toBeCloseTo(1, 5);
    expect(near!).toBeGreaterThan(far!);
  });

  it.skipIf(!hasNumpy).each([
    ['float16', 'float16', 0.333251953125],
    ['float32', 'float32', 0.3333333432674408],
    ['float64', 'float64', 1 / 3],
  ])('writes %s numbers that NumPy reads as %s', (element, dtype, third) => {
    node(
      'element.mjs',
      `import { openCache, toNpy } from 'embeddingcache';
       import { writeFileSync } from 'node:fs';
       const embed = (texts) => texts.map((text) => [1 / 3, text.length]);
       const provider = { name: 'own', model: '1', dimensions: 2, embed };
       const cache = await openCache({ provider, element: '${element}', normalised: false });
       writeFileSync('element.npy', toNpy(await cache.getEmbeddings(['a', 'bb', 'ccc'])));
       await cache.close();`,
    );
    const script =
      'import json, numpy; m = numpy.load("element.npy"); print(json.dumps([str(m.dtype), m.shape, m.astype("f8").tolist()]))';
    const printed = execFileSync('python3', ['-c', script], { cwd: folder, encoding: 'utf8' });
    expect(JSON.parse(printed)).toEqual([
      dtype,
      [3, 2],
      [
        [third, 1],
        [third, 2],
        [third, 3],
      ],
    ]);
  });

  it('is required by CommonJS', () => {
    const script = `const { openCache, EmbeddingError } = require('embeddingcache');
      openCache().then(async (cache) => {
        const error = await cache.getEmbeddings(['', 'red', ' ']).catch((error) => error);
        console.log(error instanceof EmbeddingError, error.failed.map(({ index }) => index));
        await cache.close();
      });`;
    expect(node('required.cjs', script)).toBe('true [ 0, 2 ]\n');
  });

  it.each([
    ['nodenext', 'esnext'],
    ['bundler', 'esnext'],
    ['node16', 'es2022'],
  ])('type-checks a TypeScript program (%s, %s)', (module, target) => {
    const source = `import { openCache, toNpy, type Embeddings, type Vector } from 'embeddingcache';
      const cache = await openCache({ element: 'float16' });
      const matrix: Embeddings = await cache.getEmbeddings(['a'], { model: 'x', role: 'query' });
      const [rows, columns]: readonly [number, number] = matrix.shape;
      const found: (Vector | null)[] = await cache.get(['a'], { provider: {
        name: 'own', model: '1', dimensions: rows + columns, embed: (texts) => texts.map(() => [1]) } });
      await cache.put(['a'], [[1]]);
      const bytes: Uint8Array = toNpy(matrix);
      export { found, bytes };`;
    const wrong = `${source}\n cache.getEmbeddings('a');`;
    const errors = typeErrors({ 'right.mts': source, 'wrong.mts': wrong }, module, target);
    expect(errors).toMatch(/^wrong.mts\(\d+,\d+\): error TS2345: .*\n( .*\n)*$/);
  });

  it('tells an old Node what it needs instead of crashing it', () => {
    const script = `const versions = { ...process.versions, node: '20.19.0', napi: '9' };
      Object.defineProperty(process, 'versions', { value: versions });
      const { openCache } = await import('embeddingcache');
      console.log(await openCache().catch((error) => error.message));`;
    expect(node('old.mjs', script)).toBe(
      'Embedding Cache needs Node.js 22.14 or newer; this is 20.19.0.\n',
    );
  });
});

/** A program that left something open would not end by itself. */
const LONGEST_MS = 40_000;

/** What a program prints; it must end well and say nothing on stderr. */
function node(file: string, script: string): string {
  writeFileSync(path.join(folder, file), script);
  const env = { PATH: process.env['PATH'], EMBEDDINGCACHE_DIR: path.join(folder, 'cache') };
  const options = { cwd: folder, env, encoding: 'utf8', timeout: LONGEST_MS } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], options);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

function typeErrors(
  sources: Readonly<Record<string, string>>,
  module: string,
  target: string,
): string {
  for (const [name, source] of Object.entries(sources)) {
    writeFileSync(path.join(folder, name), source);
  }
  const resolution =
    module === 'bundler' ? { module: 'preserve', moduleResolution: module } : { module };
  // No types but the package's own, and the DOM's for AbortSignal.
  const libraries = { target, lib: [target, 'dom'], types: [] };
  const checks = { strict: true, noEmit: true, skipDefaultLibCheck: true };
  const compilerOptions = { ...resolution, ...libraries, ...checks };
  const config = JSON.stringify({ compilerOptions, files: Object.keys(sources) });
  writeFileSync(path.join(folder, 'tsconfig.json'), config);
  const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  return spawnSync(process.execPath, [tsc], { cwd: folder, encoding: 'utf8' }).stdout;
}

function npm(cwd: string, ...args: string[]): void {
  execFileSync('npm', args, { cwd, stdio: 'pipe', shell: process.platform === 'win32' });
}
