import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root } from './project.mjs';

/** Where a suite leaves its outcome; an earlier run's is removed. */
export function freshReportFile(suite) {
  const file = path.join(root, 'out/results', `${suite}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  rmSync(file, { force: true });
  return file;
}

/** Prints an in-host report, a line a test; gives `{ passed, failed, skipped }`. */
export function printHostReport(file) {
  const { tests } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { tests: [] };
  const marks = { passed: 'ok  ', failed: 'FAIL', skipped: 'skip' };
  for (const { title, state, error } of tests) {
    console.log(`${marks[state]} ${title}${error === undefined ? '' : `\n${error}`}`);
  }
  return {
    ...countsOf(tests.map(({ state }) => state)),
    failures: tests.filter(({ state }) => state === 'failed').map(({ title }) => title),
  };
}

/**
 * Counts of a Vitest JSON report by project, which is the folder of test/ a file lies in. A file
 * that could not be loaded counts as one failed test.
 */
export function vitestCounts(file, projects) {
  const { testResults } = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { testResults: [] };
  return projects.map((project) => {
    const folder = path.join(root, 'test', project) + path.sep;
    const files = testResults.filter(({ name }) => path.resolve(name).startsWith(folder));
    const states = files.flatMap(({ status, assertionResults }) => {
      const all = assertionResults.map((test) => test.status);
      return status === 'failed' && !all.includes('failed') ? [...all, 'failed'] : all;
    });
    return { suite: project, ...countsOf(states), failures: files.flatMap(failuresIn) };
  });
}

/** A line a failed test; a file that could not be loaded gives its message. */
function failuresIn({ name, status, message, assertionResults }) {
  const failed = assertionResults.filter((test) => test.status === 'failed');
  const file = path.relative(root, name);
  if (status === 'failed' && failed.length === 0) return [`${file}: ${firstLine(message)}`];
  return failed.map(
    ({ fullName, failureMessages }) => `${file}: ${fullName}: ${firstLine(failureMessages[0])}`,
  );
}

function firstLine(text = '') {
  return text.split('\n')[0];
}

/** `3 passed, 0 failed`, and the skipped where there are any. */
export function countsText({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function countsOf(states) {
  const passed = states.filter((state) => state === 'passed').length;
  const failed = states.filter((state) => state === 'failed').length;
  return { passed, failed, skipped: states.length - passed - failed };
}
