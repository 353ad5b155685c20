// Runs test/host/ inside VS Code's extension host: `npm run test:host`.
// Closes with `N passed, N failed`; --verbose adds what the workbench logs.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildHostTests } from './build-host-tests.mjs';
import { ensureChromium, launchChromium } from './chromium.mjs';
import { isMain, runProgram } from './program.mjs';
import { createProgress } from './progress.mjs';
import { root } from './project.mjs';
import { ensureBuild, ensurePackages } from './setup.mjs';
import { countsText, freshReportFile, printHostReport } from './test-report.mjs';
import { ensureHost, hostUrl, startHost, writeHostSettings } from './vscode-host.mjs';

const TIMEOUT_MS = 240_000;

/** Runs the suite and gives `{ passed, failed, skipped }`. */
export async function runHostTests({ progress, signal, verbose = false }) {
  const entry = await buildHostTests({ progress, signal });
  const chromium = await ensureChromium({ progress, signal });
  await ensureHost({ progress, signal });

  const reportFile = freshReportFile('host');
  const temp = mkdtempSync(path.join(tmpdir(), 'embeddingcache-host-'));
  const folder = path.join(temp, 'workspace');
  cpSync(path.join(root, 'test/fixtures/workspace'), folder, { recursive: true });
  // A workspace of one folder, so that tests can add another without a restart of the host.
  const workspace = path.join(temp, 'tests.code-workspace');
  writeFileSync(workspace, JSON.stringify({ folders: [{ path: 'workspace' }] }));
  const dataDir = path.join(temp, 'data');
  const cacheDir = path.join(temp, 'cache');
  writeHostSettings({ kind: 'test', dataDir, machine: { 'embeddingCache.directory': cacheDir } });
  let host;
  let browser;
  try {
    host = await startHost({
      kind: 'test',
      dataDir,
      extensionsDir: path.join(temp, 'extensions'),
      args: ['--disable-workspace-trust'],
      env: { EMBEDDINGCACHE_TEST_REPORT: reportFile, EMBEDDINGCACHE_DIR: cacheDir },
      signal,
    });
    browser = await launchChromium(chromium);
    const exitCode = await progress.during("Running the tests in VS Code's extension host", () =>
      exitCodeOf({ browser, port: host.port, workspace, entry, signal, verbose }),
    );
    const counts = printHostReport(reportFile);
    // Both must agree: a run that broke off before its report is a failure too.
    if (exitCode !== 0 && counts.failed === 0) {
      console.log(`FAIL the extension host ended with ${exitCode}`);
      return { ...counts, failed: 1 };
    }
    return counts;
  } catch (error) {
    if (host !== undefined) console.error(host.output().slice(-3000));
    throw error;
  } finally {
    await browser?.close();
    await host?.stop();
    rmSync(temp, { recursive: true, force: true, maxRetries: 10, retryDelay: 300 });
  }
}

/** Opens the workbench on the tests; gives the code their run ends with. */
async function exitCodeOf({ browser, port, workspace, entry, signal, verbose }) {
  const page = await browser.newPage();
  const remote = (file) => `vscode-remote://127.0.0.1:${port}${file}`;
  let end;
  const ended = new Promise((resolve, reject) => {
    end = resolve;
    AbortSignal.any([
      AbortSignal.timeout(TIMEOUT_MS),
      ...(signal ? [signal] : []),
    ]).addEventListener('abort', () =>
      reject(new Error('the tests in the extension host did not end in time')),
    );
    page.on('crash', () => reject(new Error('the workbench crashed')));
  });
  if (verbose) page.on('console', (message) => console.log(`  [workbench] ${message.text()}`));
  await page.exposeFunction('codeAutomationLog', () => undefined);
  await page.exposeFunction('codeAutomationExit', (code) => end(code));
  const payload = [
    ['extensionDevelopmentPath', remote(root)],
    ['extensionTestsPath', remote(entry)],
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ];
  await page.goto(hostUrl({ port, workspace, payload }));
  return ended;
}

if (isMain(import.meta.url)) {
  runProgram(async (args, signal) => {
    const progress = createProgress();
    await ensurePackages({ progress, signal });
    await ensureBuild({ progress, signal });
    const counts = await runHostTests({ progress, signal, verbose: args.includes('--verbose') });
    console.log(countsText(counts));
    return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
  });
}
