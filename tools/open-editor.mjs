import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { packageVsix, targetHere } from './package.mjs';
import { run } from './processes.mjs';
import { onPath, root } from './project.mjs';
import {
  ensureHost,
  hostUrl,
  installExtension,
  startHost,
  writeHostSettings,
} from './vscode-host.mjs';

/** Kept from run to run where it is free: a browser keeps API keys by address. */
const USUAL_PORT = 41_390;

const FIRST_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
};

/**
 * Opens VS Code with the extension on a folder: the desktop's where there is one, else one in the
 * browser, which runs until the signal aborts. `cacheDir` is undefined for the user's own cache.
 */
export async function openEditor({ folder, cacheDir, progress, signal }) {
  const vsix = await packageVsix({ target: targetHere(), progress, signal });
  const code = desktopCode();
  if (code === undefined) {
    await openInBrowser({ folder, cacheDir, vsix, progress, signal });
  } else {
    await openOnDesktop({ code, folder, cacheDir, vsix, progress, signal });
  }
}

/** The `code` command, where it can open a window: not without a display, and not for root. */
function desktopCode() {
  const code = onPath('code');
  if (code === undefined || (process.platform === 'linux' && !hasDisplay())) return undefined;
  const { status } = spawnSync(`"${code}"`, ['--version'], { shell: true, stdio: 'ignore' });
  return status === 0 ? code : undefined;
}

async function openOnDesktop({ code, folder, cacheDir, vsix, progress, signal }) {
  const env = { ...process.env, ...(cacheDir && { EMBEDDINGCACHE_DIR: cacheDir }) };
  const options = { env, signal, shell: process.platform === 'win32' };
  await progress.during('Installing the extension into VS Code', () =>
    run(code, ['--install-extension', vsix, '--force'], options),
  );
  await run(code, [folder], options);
  progress.say(`VS Code is open on ${folder}. ${WHAT_NEXT}`);
}

async function openInBrowser({ folder, cacheDir, vsix, progress, signal }) {
  await ensureHost({ progress, signal });
  const home = await editorHome();
  const dataDir = path.join(home, 'data');
  const extensionsDir = path.join(home, 'extensions');
  const isNew = !existsSync(dataDir);
  mkdirSync(home, { recursive: true });
  await progress.during('Installing the extension', () =>
    installExtension({ vsix, dataDir, extensionsDir, signal }),
  );
  writeHostSettings({
    kind: 'user',
    dataDir,
    // Only at first: what the user changes there stays.
    user: isNew ? FIRST_SETTINGS : undefined,
    machine: cacheDir === undefined ? {} : { 'embeddingCache.directory': cacheDir },
  });
  const host = await startHost({
    kind: 'user',
    dataDir,
    extensionsDir,
    port: (await isFree(USUAL_PORT)) ? USUAL_PORT : 0,
    env: cacheDir && { EMBEDDINGCACHE_DIR: cacheDir },
    signal,
  });
  try {
    const url = hostUrl({ port: host.port, folder });
    progress.say('VS Code with Embedding Cache is open in the browser, on this computer only:');
    console.log(`\n    ${url}\n`);
    progress.say(WHAT_NEXT);
    progress.say('Ctrl+C ends it.');
    openBrowser(url);
    await Promise.race([aborted(signal), host.exited]);
    if (!signal.aborted) throw new Error(`VS Code's server ended by itself:\n${host.output()}`);
  } finally {
    await host.stop();
    progress.say('VS Code is closed.');
  }
}

/**
 * Where the VS Code of this clone keeps its extension and settings: outside the clone, because VS
 * Code loads no extension that lies in an open folder which is not trusted.
 */
async function editorHome() {
  const { default: envPaths } = await import('env-paths');
  const clone = createHash('sha256').update(root).digest('hex').slice(0, 16);
  return path.join(envPaths('embeddingcache', { suffix: '' }).cache, 'editor', clone);
}

const WHAT_NEXT =
  'Press Ctrl+K Ctrl+E (macOS: Cmd+K Cmd+E) and say in plain words what you look for.';

/** Opens the default browser where a person sits in front of this machine. */
function openBrowser(url) {
  if (process.env.CI || process.env.SSH_CONNECTION || !process.stdout.isTTY) return;
  const commands = { darwin: 'open', win32: 'explorer', linux: 'xdg-open' };
  const command = commands[process.platform];
  if (command === undefined || (process.platform === 'linux' && !hasDisplay())) return;
  if (onPath(command) === undefined) return;
  // Its outcome does not matter: the address is on the screen.
  spawnSync(command, [url], { stdio: 'ignore', timeout: 5000 });
}

function hasDisplay() {
  return Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function aborted(signal) {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', resolve, { once: true });
  });
}
