import { runAttached } from './processes.mjs';
import { nodeBinary, projectEnv, root } from './project.mjs';
import { freshReportFile, vitestCounts } from './test-report.mjs';

/**
 * Runs Vitest projects and gives `{ suite, passed, failed, skipped }` for each. `name` names the
 * report file; the environment adds to ours.
 */
export async function runVitest({ name, projects, env = {}, signal }) {
  const reportFile = freshReportFile(name);
  const exitCode = await runAttached(
    nodeBinary,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      ...['--config', 'test/vitest.config.ts'],
      ...projects.flatMap((project) => ['--project', project]),
      ...['--reporter=default', '--reporter=json', `--outputFile=${reportFile}`],
    ],
    {
      cwd: root,
      // Vite foresees a default that would not load a .ts config here; we do not use it.
      env: projectEnv({ VITE_CONFIG_NATIVE_IGNORE_WARNING: 'true', ...env }),
      signal,
    },
  );
  const counts = vitestCounts(reportFile, projects);
  if (exitCode !== 0 && counts.every(({ failed }) => failed === 0)) {
    // An error outside any test, such as an unhandled rejection.
    counts[0].failed = 1;
  }
  return counts;
}
