// `npm run test:full`: the long sweeps over every fault of a disk, a process or a clock, of which
// `npm test` runs a sample. Takes half an hour to an hour. Closes with `N passed, N failed`.
import { ensureRuntime } from './local-models.mjs';
import { runProgram } from './program.mjs';
import { createProgress } from './progress.mjs';
import { runVitest } from './run-vitest.mjs';
import { ensureBuild, ensurePackages } from './setup.mjs';
import { countsText } from './test-report.mjs';

runProgram(async (_args, signal) => {
  const context = { progress: createProgress(), signal };
  await ensurePackages(context);
  await ensureBuild(context);
  await ensureRuntime(context);
  const [counts] = await runVitest({
    name: 'full',
    projects: ['faults'],
    env: { FAULTS: 'full' },
    signal,
  });
  console.log(`\n${countsText(counts)}`);
  return counts.failed === 0 ? 0 : 1;
});
