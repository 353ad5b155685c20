import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../../errors.ts';
import { KIND } from './local-model.ts';
import { PACKAGE, RUNTIME_VERSION, runtimeFolder } from './runtime.ts';

/**
 * Installs the package that runs local models, by the user's npm with its registry and proxy. No
 * script of any package runs. The folder appears when it is complete. Throws Failure `notInstalled`,
 * or AbortError, and leaves nothing behind.
 */
export async function installRuntime(cacheDir: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const target = runtimeFolder(cacheDir);
  if (existsSync(target)) return;
  await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
  const aside = await mkdtemp(path.join(path.dirname(target), 'installing-'));
  try {
    // In a folder of our own npm reads no workspace's settings.
    await writeFile(path.join(aside, 'package.json'), '{"private":true}\n');
    await runNpm(aside, signal);
    await removeOtherPlatforms(path.join(aside, 'node_modules', 'onnxruntime-node', 'bin'));
    await rename(aside, target);
  } catch (error) {
    // Somebody else was faster.
    if (!existsSync(target) || signal.aborted) throw error;
  } finally {
    await rm(aside, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

const ARGUMENTS = [
  ...['install', `${PACKAGE}@${RUNTIME_VERSION}`],
  ...[
    '--ignore-scripts',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--no-package-lock',
    '--loglevel=error',
  ],
];
/** Of what npm says went wrong. */
const MOST_CHARACTERS = 10_000;

async function runNpm(cwd: string, signal: AbortSignal): Promise<void> {
  const ended = Promise.withResolvers<string | null>();
  const onWindows = process.platform === 'win32';
  const npm = spawn('npm', ARGUMENTS, {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    windowsHide: true,
    // There npm is a script for the shell; no argument holds anything a user wrote.
    shell: onWindows,
    signal,
  });
  let said = '';
  npm.stderr.on('data', (part: Buffer) => {
    said = (said + part.toString()).slice(-MOST_CHARACTERS);
  });
  npm.once('error', (cause) => {
    ended.resolve('code' in cause && cause.code === 'ENOENT' ? NO_NPM : cause.message);
  });
  npm.once('close', (code) => {
    ended.resolve(code === 0 ? null : reasonIn(said));
  });
  const reason = await ended.promise;
  signal.throwIfAborted();
  if (reason === null) return;
  throw new Failure('notInstalled', `${PACKAGE} could not be installed: ${reason}`, {
    provider: KIND,
  });
}

const NO_NPM = 'npm was not found. Install Node.js, which brings it, then try again.';

/** npm's first line that says something. */
function reasonIn(said: string): string {
  const lines = said.split('\n').map((line) => line.replace(/^npm (error|ERR!)\s*/, '').trim());
  const code = lines.find((line) => line.startsWith('code '));
  const text = lines.find((line) => line !== '' && !/^(code|errno|syscall) /.test(line));
  return [code?.slice('code '.length), text].filter((part) => part !== undefined).join(': ');
}

/** The package brings binaries for six platforms, some 30 MB each. */
async function removeOtherPlatforms(bin: string): Promise<void> {
  for (const version of await readdir(bin)) {
    for (const platform of await readdir(path.join(bin, version))) {
      for (const arch of await readdir(path.join(bin, version, platform))) {
        if (platform === process.platform && arch === process.arch) continue;
        await rm(path.join(bin, version, platform, arch), { recursive: true });
      }
    }
  }
}
