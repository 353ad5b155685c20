import { setImmediate as nextTurn } from 'node:timers/promises';

/** Long enough to be cheap, short enough that nobody waits noticeably for the event loop. */
const SLICE_MS = 8;

/**
 * Runs work that says by `yield` where it may pause, and lets other events in about every 8 ms.
 * Throws the signal's reason at the first pause after it fired.
 */
export async function runInSlices<T>(
  work: Generator<undefined, T, undefined>,
  signal: AbortSignal,
): Promise<T> {
  signal.throwIfAborted();
  let sliceStart = performance.now();
  let step = work.next();
  while (step.done !== true) {
    if (performance.now() - sliceStart >= SLICE_MS) {
      await nextTurn();
      signal.throwIfAborted();
      sliceStart = performance.now();
    }
    step = work.next();
  }
  return step.value;
}
