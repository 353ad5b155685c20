// `npm run test:full`: the long sweeps over every fault of a disk, a process or a clock, of which
// `npm test` runs a sample. Takes about an hour. Closes with `N passed, N failed`.
import { runProgram } from './program.mjs';
import { createProgress } from './progress.mjs';
import { runVitest } from './run-vitest.mjs';
import { ensurePackages } from './setup.mjs';
import { countsText } from './test-report.mjs';

runProgram(async (_args, signal) => {
  await ensurePackages({ progress: createProgress(), signal });
  const [counts] = await runVitest({
    name: 'full',
    projects: ['faults'],
    env: { FAULTS: 'full' },
    signal,
  });
  console.log(`\n${countsText(counts)}`);
  return counts.failed === 0 ? 0 : 1;
});
