import { readFileSync } from 'node:fs';
import path from 'node:path';
import { abortOnInterrupt } from './interrupt.ts';
import { runCli } from './run-cli.ts';

/** Runs the command line this process was started with, and ends the process. */
export async function runCommand(): Promise<void> {
  const { stdin, stdout, stderr, env } = process;
  // The write that failed rejects and ends the command; without a listener the event would throw.
  for (const stream of [stdout, stderr]) stream.on('error', () => undefined);
  const exitCode = await runCli(process.argv.slice(2), {
    terminal: { stdin, stdout, stderr, env, cwd: process.cwd() },
    signal: abortOnInterrupt(process),
    version: versionOf(path.join(__dirname, '../../package.json')),
    modelFile: path.join(__dirname, '../model/code-static-256.bin'),
    structureWorker: path.join(__dirname, '../workers/structure-worker.js'),
    indexWorker: path.join(__dirname, '../workers/index-worker.js'),
    modelProcess: path.join(__dirname, '../workers/model-process.js'),
    secretScanWorker: path.join(__dirname, '../workers/secret-scan-worker.js'),
    fetch: globalThis.fetch,
    now: () => performance.now(),
    createCore: async (config, deps) => {
      const { createCore } = await import('../../core/core.ts');
      return createCore(config, deps);
    },
  });
  // Idle connections to a provider would keep the process waiting; output must be out first.
  stdout.write('', () => stderr.write('', () => process.exit(exitCode)));
}

function versionOf(manifest: string): string {
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return version;
}
