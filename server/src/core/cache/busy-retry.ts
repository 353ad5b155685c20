import { setTimeout as delay } from 'node:timers/promises';

/**
 * Longest wait for another process's write lock. SQLite's own wait would block the event loop, so
 * connections give up within 50 ms and this waits asynchronously instead.
 */
const DEADLINE_MS = 10_000;
const LONGEST_PAUSE_MS = 100;

/** Runs again, with growing and jittered pauses, while another process holds the lock. */
export async function retryWhileBusy<T>(
  run: () => Promise<T>,
  deadlineMs = DEADLINE_MS,
): Promise<T> {
  const startedAt = performance.now();
  for (let attempt = 0; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (!isBusy(error) || performance.now() - startedAt > deadlineMs) throw error;
      const ceiling = Math.min(LONGEST_PAUSE_MS, 2 ** attempt);
      await delay(ceiling * (0.5 + Math.random() / 2));
    }
  }
}

/** Whether another process holds what was wanted. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCodeOf(error);
  return code !== null && (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'));
}

/** SQLite's extended result code (`SQLITE_BUSY_SNAPSHOT`, …), or null for any other error. */
export function sqliteCodeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' && error.code.startsWith('SQLITE_') ? error.code : null;
}
