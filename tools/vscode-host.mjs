// A real VS Code in the browser, from npm: code-server carries the real workbench and extension
// host. Installed once into .vscode-host/, or into the folder VSCODE_HOST_DIR names.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { run, startGroup } from './processes.mjs';
import { isMain, runProgram } from './program.mjs';
import { createProgress } from './progress.mjs';
import { nodeBinary, onPath, projectEnv, root } from './project.mjs';
import { ensurePackages, runNpm } from './setup.mjs';

const VERSION = process.env.VSCODE_HOST_VERSION ?? '4.139.1';
const START_TIMEOUT_MS = 60_000;
const LISTENING =
  /(?:Extension host agent listening on |HTTP server listening on http:\/\/127\.0\.0\.1:)(\d+)/;

const hostFolder = path.resolve(
  process.env.VSCODE_HOST_DIR ?? path.join(root, '.vscode-host'),
  VERSION,
);
const codeServer = path.join(hostFolder, 'node_modules/code-server');
const vscode = path.join(codeServer, 'lib/vscode');
/** Only while the log writer is compiled. */
const headersFolder = path.join(hostFolder, 'node-headers');

/** Installs the host where it is not yet complete. An interrupted install is taken up again. */
export async function ensureHost({ progress, signal }) {
  const complete = path.join(hostFolder, '.complete');
  if (existsSync(complete)) return;
  mkdirSync(hostFolder, { recursive: true });
  const manifest = path.join(hostFolder, 'package.json');
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');

  // Without scripts: they would compile a dozen native modules of which we need one.
  const install = ['install', '--ignore-scripts'];
  await progress.during(`Installing VS Code ${VERSION} for the browser (about 700 MB, once)`, () =>
    runNpm([...install, '--save-exact', `code-server@${VERSION}`], inFolder(hostFolder, signal)),
  );
  await progress.during('Installing its own packages', async () => {
    // `install`, not `ci`: its shrinkwrap is out of step with its manifest.
    await runNpm([...install, '--omit=dev'], inFolder(vscode, signal));
    // TypeScript, without which the built-in extension for it complains.
    await runNpm([...install, '--omit=dev'], inFolder(path.join(vscode, 'extensions'), signal));
  });
  await buildLogWriter({ progress, signal });
  writeFileSync(complete, '');
}

/** Installs a VSIX as a user would. */
export async function installExtension({ vsix, dataDir, extensionsDir, signal }) {
  mkdirSync(dataDir, { recursive: true });
  const stdout = await run(
    nodeBinary,
    [
      path.join(vscode, 'out/server-main.js'),
      '--accept-server-license-terms',
      ...['--server-data-dir', dataDir],
      ...['--extensions-dir', extensionsDir],
      ...['--install-extension', vsix, '--force'],
    ],
    { env: projectEnv({ HOME: dataDir }), signal },
  );
  if (!/successfully installed/.test(stdout)) throw new Error(`${vsix} not installed:\n${stdout}`);
}

/**
 * Starts the host on loopback and gives `{ port, output(), exited, stop() }`.
 *
 * `kind: 'test'` is the bare server with the test driver: the only way a built workbench honours a
 * test path in its address; it suppresses notifications. `kind: 'user'` is code-server's own entry,
 * in which secrets outlive a reload. `under` is a command, with its first arguments, to start it.
 */
export async function startHost({
  kind,
  dataDir,
  extensionsDir,
  port = 0,
  args = [],
  under = [],
  env,
  signal,
}) {
  mkdirSync(dataDir, { recursive: true });
  // Short: the sockets VS Code puts there must fit in 107 characters.
  const socketFolder = mkdtempSync(path.join(tmpdir(), 'ech-'));
  const options = commandOf(kind, { dataDir, extensionsDir, port, socketFolder });
  const [command, ...rest] = [...under, nodeBinary, ...options, ...args];
  const group = startGroup(command, rest, {
    env: projectEnv({ TMPDIR: socketFolder, XDG_RUNTIME_DIR: '', ...env }),
  });
  const stop = async () => {
    await group.stop();
    rmSync(socketFolder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  };
  try {
    const listening = await portOf(group, signal);
    return { port: listening, output: group.output, exited: group.exited, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Address of the workbench on a folder, or on a `.code-workspace` file; `payload` is a list of
 * [name, value].
 */
export function hostUrl({ port, folder, workspace, payload = [] }) {
  const url = new URL(`http://127.0.0.1:${port}/`);
  if (workspace === undefined) url.searchParams.set('folder', folder);
  else url.searchParams.set('workspace', workspace);
  if (payload.length > 0) url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

/**
 * Writes settings before the host starts: the user's, and the machine's, which alone count in a
 * remote window for machine-scoped settings. A file is left as it is where none are given.
 */
export function writeHostSettings({ kind, dataDir, user, machine }) {
  const folder = kind === 'test' ? path.join(dataDir, 'data') : dataDir;
  for (const [scope, settings] of [
    ['User', user],
    ['Machine', machine],
  ]) {
    if (settings === undefined) continue;
    mkdirSync(path.join(folder, scope), { recursive: true });
    writeFileSync(path.join(folder, scope, 'settings.json'), JSON.stringify(settings, null, 2));
  }
}

function commandOf(kind, { dataDir, extensionsDir, port, socketFolder }) {
  if (kind === 'test') {
    return [
      path.join(vscode, 'out/server-main.js'),
      ...['--host', '127.0.0.1', '--port', String(port)],
      ...['--server-data-dir', dataDir, '--extensions-dir', extensionsDir],
      '--without-connection-token',
      '--accept-server-license-terms',
      '--disable-telemetry',
      '--disable-experiments',
      '--enable-smoke-test-driver',
    ];
  }
  return [
    path.join(codeServer, 'out/node/entry.js'),
    // Or it would write one into the home folder.
    ...['--config', path.join(dataDir, 'config.yaml')],
    ...['--bind-addr', `127.0.0.1:${port}`, '--auth', 'none'],
    ...['--user-data-dir', dataDir, '--extensions-dir', extensionsDir],
    ...['--session-socket', path.join(socketFolder, 'session.sock')],
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-getting-started-override',
    '--disable-proxy',
    '--ignore-last-opened',
  ];
}

async function portOf(group, signal) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let running = true;
  while (running && Date.now() < deadline) {
    signal?.throwIfAborted();
    const port = LISTENING.exec(group.output())?.[1];
    if (port !== undefined) return Number(port);
    running = await Promise.race([group.exited.then(() => false), delay(50, true)]);
  }
  throw new Error(`VS Code's server did not start:\n${group.output()}`);
}

/**
 * Compiles the one native module worth it: without it every output channel stays empty. All else
 * works, so a machine without a compiler gets a warning only.
 */
async function buildLogWriter({ progress, signal }) {
  const absent = ['g++', 'make', 'python3'].filter((tool) => onPath(tool) === undefined);
  if (absent.length > 0) {
    progress.say(`No ${absent.join(', ')} here: output channels stay empty in this VS Code.`);
    return;
  }
  try {
    await progress.during("Compiling VS Code's log writer", async () => {
      const nodedir = await nodeHeaders(signal);
      await runNpm(['rebuild', '@vscode/spdlog'], {
        cwd: vscode,
        env: projectEnv({ npm_config_nodedir: nodedir }),
        signal,
      });
      rmSync(headersFolder, { recursive: true, force: true });
    });
  } catch (error) {
    signal?.throwIfAborted();
    progress.say(`${error.message}\nOutput channels stay empty in this VS Code.`);
  }
}

/** Node's C headers, as the npm package with its binary carries them: node-gyp would download. */
async function nodeHeaders(signal) {
  const { platform, arch } = process;
  const prefix = platform === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node';
  const name = [prefix, platform === 'win32' ? 'win' : platform, arch].join('-');
  const unpacked = path.join(root, 'node_modules/node/node_modules', name);
  if (existsSync(path.join(unpacked, 'include/node'))) return unpacked;

  const { version } = JSON.parse(readFileSync(path.join(root, 'node_modules/node/package.json')));
  mkdirSync(headersFolder, { recursive: true });
  writeFileSync(path.join(headersFolder, 'package.json'), '{ "private": true }\n');
  const install = ['install', '--ignore-scripts', `${name}@${version}`];
  await runNpm(install, inFolder(headersFolder, signal));
  return path.join(headersFolder, 'node_modules', name);
}

function inFolder(cwd, signal) {
  return { cwd, env: projectEnv(), signal };
}

if (isMain(import.meta.url)) {
  runProgram(async (_args, signal) => {
    const progress = createProgress();
    await ensurePackages({ progress, signal });
    await ensureHost({ progress, signal });
    progress.say(`VS Code ${VERSION} for the browser is in ${hostFolder}.`);
  });
}
