import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import { launchChromium } from '../../tools/chromium.mjs';
import {
  hostUrl,
  installExtension,
  startHost,
  writeHostSettings,
} from '../../tools/vscode-host.mjs';
import { Workbench } from './workbench.ts';

export interface VSCode {
  readonly workbench: Workbench;
  /** Absolute path of the open folder: a copy of test/fixtures/workspace. */
  readonly folder: string;
  /** The cache directory the extension is told to use. */
  readonly cacheDir: string;
  close(): Promise<void>;
}

export interface VSCodeOptions {
  /** Answer to “Do you trust the authors of the files in this folder?”. */
  readonly trust: boolean;
  readonly settings?: Readonly<Record<string, unknown>>;
}

const fixture = path.resolve(import.meta.dirname, '../fixtures/workspace');

/** Installs the VSIX under test into a fresh VS Code and opens a copy of the fixture workspace. */
export async function openVSCode({ trust, settings = {} }: VSCodeOptions): Promise<VSCode> {
  const temp = mkdtempSync(path.join(tmpdir(), 'embeddingcache-ui-'));
  const closers: (() => Promise<void> | void)[] = [
    () => {
      rmSync(temp, { recursive: true, force: true, maxRetries: 10, retryDelay: 300 });
    },
  ];
  const close = async () => {
    for (const closer of closers.toReversed()) await closer();
  };
  try {
    // The last part of the path is the workspace's name, which the product shows.
    const folder = path.join(temp, 'shop');
    cpSync(fixture, folder, { recursive: true });
    const cacheDir = path.join(temp, 'cache');
    const dataDir = path.join(temp, 'data');
    const extensionsDir = path.join(temp, 'extensions');
    await installExtension({
      vsix: fromRunner('EMBEDDINGCACHE_TEST_VSIX'),
      dataDir,
      extensionsDir,
    });
    writeHostSettings({
      kind: 'user',
      dataDir,
      user: { ...quietSettings, ...settings },
      machine: { 'embeddingCache.directory': cacheDir, ...settings },
    });
    const host = await startHost({ kind: 'user', dataDir, extensionsDir });
    closers.push(() => host.stop());
    const browser = await launchChromium(fromRunner('CHROMIUM'));
    closers.push(() => browser.close());
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const shots = path.resolve(import.meta.dirname, '../../out/shots');
    mkdirSync(shots, { recursive: true });
    const payload = [['skipWelcome', 'true'] as const, ['skipReleaseNotes', 'true'] as const];
    const workbench = new Workbench(await context.newPage(), {
      url: hostUrl({ port: host.port, folder, payload }),
      shots,
    });
    await workbench.open();
    await workbench.answerTrust(trust);
    return { workbench, folder, cacheDir, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Keeps a picture of the window in out/shots/ for each test that fails. */
export function shotWhenFailed(vscode: () => VSCode): void {
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    await vscode().workbench.shot(`failed ${task.name.replace(/\W+/g, ' ')}`);
  });
}

/** Nothing but what the tests look at. */
const quietSettings = {
  // Newer VS Code opens folders restricted without asking; the tests answer both ways.
  'security.workspace.trust.startupPrompt': 'always',
  'workbench.startupEditor': 'none',
  'workbench.editor.useModal': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'chat.disableAIFeatures': true,
};

/** `npm run test:ui` prepares both and says where they are. */
function fromRunner(name: string): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(`${name} is not set: run these tests by npm run test:ui`);
  return value;
}
