// `npm test`: sets up what is missing, runs every suite whatever the others did, and ends with
// `N passed, N failed` over all of them.
import { ensureRuntime } from './local-models.mjs';
import { packageVsix, targetHere } from './package.mjs';
import { runAttached } from './processes.mjs';
import { runProgram, UserError } from './program.mjs';
import { createProgress } from './progress.mjs';
import { projectEnv, root } from './project.mjs';
import { runHostTests } from './run-host-tests.mjs';
import { runUiTests } from './run-ui-tests.mjs';
import { runVitest } from './run-vitest.mjs';
import { ensureBuild, ensurePackages, npmCommand } from './setup.mjs';
import { countsText } from './test-report.mjs';

const PASSED = { passed: 1, failed: 0, skipped: 0 };
const FAILED = { passed: 0, failed: 1, skipped: 0 };

runProgram(async (_args, signal) => {
  const progress = createProgress();
  const context = { progress, signal };
  await ensurePackages(context);
  const { suite, rows } = createSuites(context);

  await suite('build', () => ensureBuild(context));
  await suite('local models', () => ensureRuntime(context));
  await suite('types', () => runScript('typecheck', signal));
  await suite('lint', () => runScript('lint', signal));
  await suite('unit, contract, rpc', () =>
    runVitest({ name: 'vitest', projects: ['unit', 'contract', 'rpc'], signal }),
  );
  await suite('faults', () => runVitest({ name: 'faults', projects: ['faults'], signal }));
  let vsix;
  await suite('package', async () => {
    await packageVsix(context);
    vsix = await packageVsix({ target: targetHere(), ...context });
  });
  await suite('host', () => runHostTests(context));
  await suite('ui', () => {
    if (vsix === undefined) throw new Error('There is no VSIX to install: see package above.');
    return runUiTests({ vsix, ...context });
  });
  return summarize(rows);
});

/**
 * Collects what each suite gives: nothing (one check, passed), its counts, or those of several.
 * One that throws or runs no test counts as failed; the next runs all the same.
 */
function createSuites({ progress, signal }) {
  const rows = [];
  const suite = async (name, work) => {
    signal.throwIfAborted();
    progress.say(`=== ${name}`);
    const startedAt = Date.now();
    let outcomes;
    try {
      outcomes = [(await work()) ?? PASSED].flat();
    } catch (error) {
      signal.throwIfAborted();
      console.error(error instanceof UserError ? error.message : error);
      outcomes = [FAILED];
    }
    const seconds = (Date.now() - startedAt) / 1000;
    for (const [i, counts] of outcomes.entries()) {
      const ranNone = counts.passed + counts.failed === 0;
      rows.push({
        suite: name,
        ...counts,
        ...(ranNone && { failed: 1, note: 'no test ran' }),
        // Suites of one run share its time.
        seconds: i === 0 ? seconds : undefined,
      });
    }
  };
  return { suite, rows };
}

async function runScript(name, signal) {
  const [command, args, options] = npmCommand(['run', '--silent', name]);
  const exitCode = await runAttached(command, args, {
    cwd: root,
    env: projectEnv(),
    signal,
    ...options,
  });
  return exitCode === 0 ? PASSED : FAILED;
}

/** Prints the table and the line over all suites; gives the exit code. */
function summarize(rows) {
  const line = (...cells) =>
    console.log(
      cells[0].padEnd(10) +
        cells
          .slice(1)
          .map((cell) => cell.padStart(9))
          .join(''),
    );
  console.log();
  // By name once more: a long log is read from its end.
  for (const { suite, failures = [] } of rows) {
    for (const failure of failures) console.log(`FAILED  ${suite}: ${failure}`);
  }
  line('suite', 'passed', 'failed', 'skipped', 'seconds');
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { suite, seconds, note = '', ...counts } of rows) {
    const { passed, failed, skipped } = counts;
    line(suite, ...[passed, failed, skipped].map(String), seconds?.toFixed(1) ?? '', `  ${note}`);
    for (const key of Object.keys(total)) total[key] += counts[key];
  }
  console.log(`\n${countsText(total)}`);
  return total.failed === 0 ? 0 : 1;
}
