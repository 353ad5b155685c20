import type { Logger } from '../../core/logger.ts';
import type { ProgressLine } from './progress-line.ts';
import { oneLine, type Terminal } from './terminal.ts';

interface StderrLoggerOptions {
  readonly quiet: boolean;
  /** Cleared before a message, so that the two do not share a line. */
  readonly progress: ProgressLine;
  /** Never printed, whatever a message holds. */
  readonly secrets: readonly (string | null | undefined)[];
}

/** Warnings and errors, a line each. */
export function createStderrLogger(
  stderr: Terminal['stderr'],
  options: StderrLoggerOptions,
): Logger {
  const print = (level: string, message: string): void => {
    if (options.quiet) return;
    options.progress.clear();
    const safe = options.secrets.reduce<string>(redact, message);
    stderr.write(`${level}: ${oneLine(safe)}\n`);
  };
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (message) => {
      print('warning', message);
    },
    error: (message) => {
      print('error', message);
    },
  };
}

/** So short a word protects nothing, and taking it out would make the rest unreadable. */
const SHORTEST_SECRET = 6;

export function redact(text: string, secret: string | null | undefined): string {
  if (secret === null || secret === undefined || secret.length < SHORTEST_SECRET) return text;
  return text.replaceAll(secret, '[key]');
}
