import { readFileSync } from 'node:fs';

const EVERY_MS = 5;
/** Of the main thread: nanoseconds run, nanoseconds ready but waiting for a processor, turns. */
const SCHEDULED = '/proc/self/schedstat';

/**
 * How late this process's event loop is. Time in which it was ready and other processes had the
 * processor is not counted, where the system tells it (Linux): that is the machine's, not the
 * program's.
 */
export class EventLoopLag {
  readonly #lateMs: number[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor() {
    let last = performance.now();
    let lastWaited = waitedMs();
    this.#timer = setInterval(() => {
      const [now, waited] = [performance.now(), waitedMs()];
      this.#lateMs.push(Math.max(0, now - last - EVERY_MS - (waited - lastWaited)));
      [last, lastWaited] = [now, waited];
    }, EVERY_MS).unref();
  }

  /**
   * Ends the watch; milliseconds. Of fewer than a hundred samples the second longest: one alone is no
   * percentile.
   */
  p99Ms(): number {
    clearInterval(this.#timer);
    const longestFirst = this.#lateMs.toSorted((a, b) => b - a);
    return longestFirst[Math.max(1, Math.floor(longestFirst.length / 100))] ?? 0;
  }
}

function waitedMs(): number {
  if (process.platform !== 'linux') return 0;
  return Number(readFileSync(SCHEDULED, 'utf8').split(' ')[1]) / 1e6;
}
