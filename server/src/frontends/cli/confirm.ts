import { createInterface } from 'node:readline/promises';
import type { Terminal } from './terminal.ts';

/** Whether somebody is there to answer. */
export function canAsk({ stdin, stderr }: Terminal): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/** Asks on stderr, so that stdout stays data. Everything but yes is no. */
export async function confirm(
  { stdin, stderr }: Terminal,
  question: string,
  signal: AbortSignal,
): Promise<boolean> {
  // Not a readline terminal: that would take Ctrl+C away from the process.
  const lines = createInterface({ input: stdin, output: stderr, terminal: false });
  try {
    // The end of the input (Ctrl+D) is no answer, and readline would wait for one for ever.
    const ended = new Promise<string>((resolve) => {
      lines.once('close', () => {
        resolve('');
      });
    });
    const answer = await Promise.race([lines.question(`${question} [y/N] `, { signal }), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
