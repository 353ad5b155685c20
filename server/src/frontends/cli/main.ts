import { keepCompiledCode } from '../../core/compiled-code.ts';
import { nodeTooOld } from '../../core/node-version.ts';

const refusal = nodeTooOld(process.versions);
if (refusal === null) {
  void start();
} else {
  process.stderr.write(`embeddingcache: ${refusal}\n`);
  process.exitCode = 1;
}

async function start(): Promise<void> {
  keepCompiledCode();
  const { runCommand } = await import('./run-command.ts');
  await runCommand();
}
