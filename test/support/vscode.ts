import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
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
  /** Absolute path of the open folder, a copy. */
  readonly folder: string;
  /** The cache directory the extension is told to use. */
  readonly cacheDir: string;
  /** Absolute path of all that VS Code, the extension and the tests write. */
  readonly root: string;
  close(): Promise<void>;
}

export interface VSCodeOptions {
  /** Answer to “Do you trust the authors of the files in this folder?”. */
  readonly trust: boolean;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** What the open folder is a copy of; test/fixtures/workspace when left out. */
  readonly source?: string;
  /** Name of the open folder. */
  readonly name?: string;
  /** Cache directory; a fresh one when left out. */
  readonly cacheDir?: string;
  /** A command and its first arguments that are to start VS Code. */
  readonly under?: readonly string[];
}

const fixture = path.resolve(import.meta.dirname, '../fixtures/workspace');

/** Installs the VSIX under test into a fresh VS Code and opens a copy of a folder. */
export async function openVSCode(options: VSCodeOptions): Promise<VSCode> {
  const { trust, settings = {}, source = fixture, name = 'shop', under = [] } = options;
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
    const folder = path.join(temp, name);
    cpSync(source, folder, { recursive: true });
    const { cacheDir = path.join(temp, 'cache') } = options;
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
    const host = await startHost({ kind: 'user', dataDir, extensionsDir, under });
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
    return { workbench, folder, cacheDir, root: temp, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Nothing but what the tests look at. */
const quietSettings = {
  // Newer VS Code opens folders restricted without asking; the tests answer both ways.
  'security.workspace.trust.startupPrompt': 'always',
  // What a test types is what the file holds.
  'editor.autoIndent': 'none',
  'editor.autoClosingBrackets': 'never',
  'editor.autoClosingComments': 'never',
  'workbench.startupEditor': 'none',
  'workbench.editor.useModal': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
};

/** `npm run test:ui` prepares both and says where they are. */
function fromRunner(name: string): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(`${name} is not set: run these tests by npm run test:ui`);
  return value;
}
