import path from 'node:path';
import { keepCompiledCode } from '../../core/compiled-code.ts';
import { nodeTooOld } from '../../core/node-version.ts';

// Before anything loads the database addon, which would kill an old Node without a word.
const tooOld = nodeTooOld(process.versions);
if (tooOld === null) {
  void start();
} else {
  process.stderr.write(`${tooOld}\n`);
  process.exitCode = 1;
}

async function start(): Promise<void> {
  keepCompiledCode();
  const { startServer } = await import('./server.ts');
  startServer({
    modelFile: path.join(__dirname, '../model/code-static-256.bin'),
    structureWorker: path.join(__dirname, '../workers/structure-worker.js'),
    indexWorker: path.join(__dirname, '../workers/index-worker.js'),
    modelProcess: path.join(__dirname, '../workers/model-process.js'),
    secretScanWorker: path.join(__dirname, '../workers/secret-scan-worker.js'),
  });
}
