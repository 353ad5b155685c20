// A thread that changes files as fast as it can until it is told to stop: half of the time it
// deletes, truncates or grows one, otherwise it writes it anew.
import { rmSync, truncateSync, appendFileSync, writeFileSync } from 'node:fs';
import { workerData, parentPort } from 'node:worker_threads';

const { files, shared } = workerData;
/** Whether to stop, and the changes made so far. */
const [STOP, CHANGES] = [0, 1];
const state = new Int32Array(shared);
let round = 0;
while (Atomics.load(state, STOP) === 0) {
  const file = files[round % files.length];
  const body = `export function f${round}() {\n  return ${round};\n}\n`.repeat(1 + (round % 40));
  try {
    if (round % 7 === 1) rmSync(file, { force: true });
    else if (round % 7 === 3) truncateSync(file, 5);
    else if (round % 7 === 5) appendFileSync(file, body);
    else writeFileSync(file, body);
  } catch {
    // The file is gone at the moment: the next round writes it.
  }
  Atomics.store(state, CHANGES, ++round);
}
for (const [i, file] of files.entries()) writeFileSync(file, `export const last${i} = ${i};\n`);
parentPort.postMessage('done');
