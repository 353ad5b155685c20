import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installRuntime } from '../../../../server/src/core/providers/transformers/install-runtime.ts';
import {
  findRuntime,
  runtimeFolder,
  RUNTIME_VERSION,
} from '../../../../server/src/core/providers/transformers/runtime.ts';
import { tempDirectory } from '../../../support/temp-directory.ts';

const never = new AbortController().signal;
const PATH = process.env['PATH'];
let bin: string;
let cacheDir: string;
beforeEach(() => {
  bin = tempDirectory();
  cacheDir = path.join(tempDirectory(), 'cache');
});
afterEach(() => {
  process.env['PATH'] = PATH;
});

/** An npm that notes how it was called, then does this. */
function putNpm(then: string): void {
  const npm = path.join(bin, 'npm');
  writeFileSync(npm, `#!/bin/sh\npwd > "${bin}/cwd"\necho "$@" > "${bin}/called"\n${then}\n`);
  chmodSync(npm, 0o755);
  process.env['PATH'] = `${bin}:${PATH}`;
}

/** As the real one leaves its folder. */
const PUT_PACKAGE = `
mkdir -p node_modules/@huggingface/transformers
echo '{"version":"${RUNTIME_VERSION}"}' > node_modules/@huggingface/transformers/package.json
for each in ${process.platform}/${process.arch} win32/other darwin/${process.arch}; do
  mkdir -p node_modules/onnxruntime-node/bin/napi-v6/$each
done`;

const left = (): string[] => readdirSync(path.join(cacheDir, 'transformers'));

describe.skipIf(process.platform === 'win32')('installRuntime', () => {
  it('lets npm run no script, in a folder of its own, and keeps what fits this computer', async () => {
    putNpm(PUT_PACKAGE);
    await installRuntime(cacheDir, never);
    const called = readFileSync(path.join(bin, 'called'), 'utf8');
    expect(called).toContain(`install @huggingface/transformers@${RUNTIME_VERSION}`);
    expect(called).toContain('--ignore-scripts');
    expect(readFileSync(path.join(bin, 'cwd'), 'utf8')).toContain(cacheDir);
    expect(left()).toEqual([RUNTIME_VERSION]);
    const binaries = path.join(
      runtimeFolder(cacheDir),
      'node_modules/onnxruntime-node/bin/napi-v6',
    );
    expect(readdirSync(path.join(binaries, 'win32'))).toEqual([]);
    expect(existsSync(path.join(binaries, process.platform, process.arch))).toBe(true);
    expect(findRuntime(cacheDir, path.join(bin, 'x.js'))).toContain(cacheDir);
  });

  it('does nothing twice', async () => {
    putNpm(PUT_PACKAGE);
    await installRuntime(cacheDir, never);
    putNpm('exit 1');
    await installRuntime(cacheDir, never);
  });

  it('says why npm failed, and leaves nothing behind', async () => {
    putNpm(
      'mkdir node_modules; echo "npm error code ENOTFOUND\nnpm error network down" >&2; exit 1',
    );
    await expect(installRuntime(cacheDir, never)).rejects.toMatchObject({
      kind: 'notInstalled',
      message: expect.stringContaining('ENOTFOUND: network down') as string,
    });
    expect(left()).toEqual([]);
  });

  it('says where npm comes from when there is none', async () => {
    process.env['PATH'] = bin;
    await expect(installRuntime(cacheDir, never)).rejects.toThrow(/Install Node\.js/);
    expect(left()).toEqual([]);
  });

  it('ends npm when it is cancelled, and leaves nothing behind', async () => {
    putNpm(`touch "${bin}/running"; exec sleep 600`);
    const aborting = new AbortController();
    const installing = expect(installRuntime(cacheDir, aborting.signal)).rejects.toHaveProperty(
      'name',
      'AbortError',
    );
    await expect.poll(() => existsSync(path.join(bin, 'running')), { timeout: 15_000 }).toBe(true);
    aborting.abort();
    await installing;
    expect(left()).toEqual([]);
  });
});

describe('findRuntime', () => {
  const put = (folder: string, version: string): void => {
    const place = path.join(folder, 'node_modules/@huggingface/transformers');
    mkdirSync(place, { recursive: true });
    writeFileSync(path.join(place, 'package.json'), JSON.stringify({ version }));
  };

  it('takes the package beside our own first, but no other major version', () => {
    expect(findRuntime(cacheDir, path.join(bin, 'x.js'))).toBeNull();
    put(runtimeFolder(cacheDir), RUNTIME_VERSION);
    put(bin, '3.8.1');
    expect(findRuntime(cacheDir, path.join(bin, 'x.js'))).toContain(cacheDir);
    put(bin, '4.9.0');
    expect(findRuntime(cacheDir, path.join(bin, 'x.js'))).toContain(bin);
  });
});
