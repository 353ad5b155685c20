import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const SCRIPT = `
  const { monitorEventLoopDelay } = require('node:perf_hooks');
  const { parentPort } = require('node:worker_threads');
  const lag = monitorEventLoopDelay({ resolution: 5 });
  lag.enable();
  parentPort.on('message', () => parentPort.postMessage(lag.percentile(99) / 1e6));
`;

/**
 * How late an event loop with nothing to do is meanwhile: what the machine takes, whatever the
 * program does. Gives what asks for its 99th percentile in milliseconds and ends it.
 */
export function watchIdleLag(): () => Promise<number> {
  const worker = new Worker(SCRIPT, { eval: true });
  worker.unref();
  return async () => {
    worker.ref();
    worker.postMessage('end');
    const [p99Ms] = (await once(worker, 'message')) as [number];
    await worker.terminate();
    return p99Ms;
  };
}
