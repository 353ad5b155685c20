import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createProgressLine } from '../../../server/src/frontends/cli/progress-line.ts';

function stderrOf(terminal: { isTTY: boolean; columns?: number }): {
  stream: Writable & { isTTY: boolean };
  written: () => string;
} {
  let text = '';
  const stream = new Writable({
    decodeStrings: false,
    write(part: string, _encoding, done) {
      text += part;
      done();
    },
  });
  return { stream: Object.assign(stream, terminal), written: () => text };
}

describe('progress line', () => {
  it('redraws one line on a terminal, at most ten times a second', () => {
    const { stream, written } = stderrOf({ isTTY: true, columns: 10 });
    let time = 0;
    const progress = createProgressLine(stream, { quiet: false, now: () => time });
    progress.show('one');
    progress.show('too soon');
    time = 100;
    progress.show('longer than the terminal');
    progress.clear();
    progress.clear();
    expect(written()).toBe('\rone\u001b[K\rlonger th\u001b[K\r\u001b[K');
  });

  it('writes a plain line now and then elsewhere, and none for a short run', () => {
    const { stream, written } = stderrOf({ isTTY: false });
    let time = 0;
    const progress = createProgressLine(stream, { quiet: false, now: () => time });
    progress.show('at once');
    time = 5_000;
    progress.show('after five seconds');
    time = 9_999;
    progress.show('too soon');
    progress.clear();
    expect(written()).toBe('after five seconds\n');
  });

  it('is silent when quiet', () => {
    const { stream, written } = stderrOf({ isTTY: true });
    createProgressLine(stream, { quiet: true, now: () => 0 }).show('one');
    expect(written()).toBe('');
  });
});
