// Runs test/ui/: the packed VSIX installed in VS Code, driven with Playwright: `npm run test:ui`.
// Closes with `N passed, N failed`. Screenshots go to out/shots/.
import { ensureChromium } from './chromium.mjs';
import { packageVsix, targetHere } from './package.mjs';
import { isMain, runProgram } from './program.mjs';
import { createProgress } from './progress.mjs';
import { runVitest } from './run-vitest.mjs';
import { ensureBuild, ensurePackages } from './setup.mjs';
import { countsText } from './test-report.mjs';
import { ensureHost } from './vscode-host.mjs';

/** Runs the suite on a VSIX and gives `{ passed, failed, skipped }`. */
export async function runUiTests({ vsix, progress, signal }) {
  const chromium = await ensureChromium({ progress, signal });
  await ensureHost({ progress, signal });
  const env = { EMBEDDINGCACHE_TEST_VSIX: vsix, CHROMIUM: chromium };
  const [counts] = await runVitest({ name: 'ui', projects: ['ui'], env, signal });
  return counts;
}

if (isMain(import.meta.url)) {
  runProgram(async (_args, signal) => {
    const progress = createProgress();
    await ensurePackages({ progress, signal });
    await ensureBuild({ progress, signal });
    const vsix = await packageVsix({ target: targetHere(), progress, signal });
    const counts = await runUiTests({ vsix, progress, signal });
    console.log(countsText(counts));
    return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
  });
}
