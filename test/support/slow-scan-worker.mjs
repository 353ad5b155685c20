// Checks with a pattern that runs away on a text of many `a` with another letter behind them.
import { parentPort } from 'node:worker_threads';

parentPort.on('message', ({ id, texts }) => {
  for (const text of texts) /^(a+)+$/.test(text);
  parentPort.postMessage({ id, findings: texts.map(() => []) });
});
