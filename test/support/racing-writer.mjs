// A thread that changes files as fast as it can until it is told to stop: half of the time it
// deletes, truncates or grows one, otherwise it writes it anew.
import { rmSync, truncateSync, appendFileSync, writeFileSync } from 'node:fs';
import { workerData, parentPort } from 'node:worker_threads';

const { files, stop } = workerData;
const flag = new Int32Array(stop);
let round = 0;
while (Atomics.load(flag, 0) === 0) {
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
  round++;
}
for (const [i, file] of files.entries()) writeFileSync(file, `export const last${i} = ${i};\n`);
parentPort.postMessage(round);
