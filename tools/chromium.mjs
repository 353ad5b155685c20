import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { run } from './processes.mjs';
import { UserError } from './program.mjs';
import { nodeBinary, onPath, projectEnv, root } from './project.mjs';

/** Path of a Chromium, Chrome or Edge, installed first where there is none. */
export async function ensureChromium({ progress, signal }) {
  const found = await findChromium();
  if (found !== undefined) return found;
  for (const install of [installFromDebian, installWithPlaywright]) {
    await install({ progress, signal });
    const installed = await findChromium();
    if (installed !== undefined) return installed;
  }
  throw new UserError(
    'The tests in VS Code need Chromium, Chrome or Edge, and none could be installed here.\n' +
      'Install one (Debian, Ubuntu: `sudo apt-get install chromium`; elsewhere Google Chrome), or ' +
      'give the path of one in the environment variable CHROMIUM.',
  );
}

/** Starts it without a window; gives Playwright's browser. */
export async function launchChromium(executablePath) {
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      // Chromium refuses to sandbox for root, and containers seldom allow it to others.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

async function findChromium() {
  const { chromium } = await import('playwright-core');
  const places = [process.env.CHROMIUM, ...placesOf(process.platform), chromium.executablePath()];
  return places.find((place) => place && existsSync(place) && starts(place));
}

function placesOf(platform) {
  if (platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  }
  if (platform === 'win32') {
    const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map((k) => process.env[k]);
    return roots
      .filter((folder) => folder !== undefined)
      .flatMap((folder) => [
        path.join(folder, 'Google/Chrome/Application/chrome.exe'),
        path.join(folder, 'Microsoft/Edge/Application/msedge.exe'),
      ]);
  }
  return [
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
    'microsoft-edge',
  ].map((name) => onPath(name));
}

/** Ubuntu's `chromium-browser` may be a stub that only names a snap. On Windows it would open. */
function starts(executable) {
  if (process.platform === 'win32') return true;
  return spawnSync(executable, ['--version'], { stdio: 'ignore' }).status === 0;
}

async function installFromDebian({ progress, signal }) {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get')) return;
  const prefix = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (prefix.length > 0 && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0) {
    return;
  }
  const apt = async (...args) => {
    const [command, ...rest] = [...prefix, 'apt-get', '-o', 'DPkg::Lock::Timeout=120', ...args];
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run(command, rest, { env, signal });
  };
  await attempt(progress, signal, 'Installing Chromium by apt-get', async () => {
    await apt('update');
    await apt('install', '-y', '--no-install-recommends', 'chromium');
  });
}

async function installWithPlaywright({ progress, signal }) {
  const cli = path.join(root, 'node_modules/playwright-core/cli.js');
  await attempt(progress, signal, 'Downloading Chromium with Playwright', () =>
    run(nodeBinary, [cli, 'install', 'chromium'], { cwd: root, env: projectEnv(), signal }),
  );
}

/** One of several ways: when it fails the next is tried, and its reason is shown. */
async function attempt(progress, signal, label, work) {
  try {
    await progress.during(label, work);
  } catch (error) {
    signal?.throwIfAborted();
    progress.say(error.message);
  }
}
