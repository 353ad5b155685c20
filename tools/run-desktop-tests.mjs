// Runs test/host/ in a desktop VS Code: `npm run test:desktop`. It is VSCODE_EXECUTABLE, or one
// downloaded into .vscode-test/. Closes with `N passed, N failed`; exit code 2 means skipped,
// because no desktop VS Code can be had here.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { buildHostTests } from './build-host-tests.mjs';
import { runAttached } from './processes.mjs';
import { isMain, runProgram } from './program.mjs';
import { createProgress } from './progress.mjs';
import { nodeBinary, onPath, projectEnv, root } from './project.mjs';
import { ensureBuild, ensurePackages } from './setup.mjs';
import { countsText, freshReportFile, printHostReport } from './test-report.mjs';

const SKIPPED = 2;
const RUN_IN_DISPLAY = '--in-display';

async function main(args, signal) {
  const progress = createProgress();
  await ensurePackages({ progress, signal });
  const { downloadAndUnzipVSCode, runTests } = await import('@vscode/test-electron');
  if (args[0] === RUN_IN_DISPLAY) return runIn(args[1], runTests);

  const executable = await desktopVSCode({ downloadAndUnzipVSCode, progress });
  if (executable === undefined) return SKIPPED;
  const display = displayCommand();
  if (display === undefined) {
    console.log('skipped: no display here, and no xvfb-run (Debian, Ubuntu: package xvfb).');
    return SKIPPED;
  }
  await ensureBuild({ progress, signal });
  await buildHostTests({ progress, signal });
  const reportFile = freshReportFile('desktop');
  const [command, ...rest] = [...display, nodeBinary, process.argv[1], RUN_IN_DISPLAY, executable];
  const exitCode = await runAttached(command, rest, {
    cwd: root,
    env: projectEnv({ EMBEDDINGCACHE_TEST_REPORT: reportFile }),
    signal,
  });
  const counts = printHostReport(reportFile);
  if (exitCode !== 0 && counts.failed === 0) counts.failed = 1;
  console.log(countsText(counts));
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}

async function desktopVSCode({ downloadAndUnzipVSCode, progress }) {
  if (process.env.VSCODE_EXECUTABLE !== undefined) return process.env.VSCODE_EXECUTABLE;
  try {
    return await progress.during('Getting a desktop VS Code', () =>
      downloadAndUnzipVSCode({
        version: process.env.VSCODE_TEST_VERSION ?? 'stable',
        cachePath: path.join(root, '.vscode-test'),
        extensionDevelopmentPath: root,
      }),
    );
  } catch (error) {
    console.log(`skipped: no desktop VS Code can be had here (${error.message ?? error}).`);
    return undefined;
  }
}

/** What to put before a command so that it has a display; undefined where there can be none. */
function displayCommand() {
  const hasDisplay = process.platform !== 'linux' || process.env.DISPLAY;
  if (hasDisplay) return [];
  return onPath('xvfb-run') === undefined ? undefined : ['xvfb-run', '-a'];
}

async function runIn(executable, runTests) {
  const temp = mkdtempSync(path.join(tmpdir(), 'embeddingcache-desktop-'));
  try {
    const folder = path.join(temp, 'workspace');
    cpSync(path.join(root, 'test/fixtures/workspace'), folder, { recursive: true });
    return await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: root,
      extensionTestsPath: path.join(root, 'out/host-tests/index.js'),
      extensionTestsEnv: { EMBEDDINGCACHE_DIR: path.join(temp, 'cache') },
      launchArgs: [
        folder,
        '--disable-extensions',
        '--disable-workspace-trust',
        `--user-data-dir=${path.join(temp, 'data')}`,
        `--extensions-dir=${path.join(temp, 'extensions')}`,
      ],
    });
  } finally {
    rmSync(temp, { recursive: true, force: true, maxRetries: 10, retryDelay: 300 });
  }
}

if (isMain(import.meta.url)) runProgram(main);
