import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Test } from 'mocha';

interface TestReport {
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly error?: string;
}

/**
 * What VS Code calls in its extension host. Runs every `*.test.js` beside this bundle and writes
 * the outcome to the file EMBEDDINGCACHE_TEST_REPORT names; throws when a test failed.
 */
export async function run(): Promise<void> {
  const reportFile = process.env['EMBEDDINGCACHE_TEST_REPORT'];
  if (reportFile === undefined) throw new Error('EMBEDDINGCACHE_TEST_REPORT names no file');
  // mocha is an ES module and stays outside the bundle.
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, color: false });
  for (const name of readdirSync(__dirname)
    .filter((file) => file.endsWith('.test.js'))
    .sort()) {
    mocha.addFile(path.join(__dirname, name));
  }

  const tests: TestReport[] = [];
  const failures = await new Promise<number>((resolve) => {
    mocha
      .run(resolve)
      .on('pass', (test) => tests.push({ title: test.fullTitle(), state: 'passed' }))
      .on('pending', (test) => tests.push({ title: test.fullTitle(), state: 'skipped' }))
      // Hooks that fail come here too, as a test of their own.
      .on('fail', (test: Test, error: unknown) =>
        tests.push({ title: test.fullTitle(), state: 'failed', error: textOf(error) }),
      );
  });
  writeFileSync(reportFile, JSON.stringify({ tests }, null, 2));
  if (failures > 0) throw new Error(`${failures} tests failed`);
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
