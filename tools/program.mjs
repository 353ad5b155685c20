import { realpathSync } from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

/** npm and the terminal each deliver one Ctrl+C; only a later one is the user losing patience. */
const SECOND_SIGNAL_AFTER_MS = 1000;

/**
 * Runs a script's `main(args, signal)` and exits with the number it gives, 0 when it gives none.
 * Ctrl+C aborts the signal and, once main has cleaned up, exits 130; SIGTERM likewise with 143.
 */
export function runProgram(main) {
  const controller = new AbortController();
  let interruptedWith = 0;
  let interruptedAt = 0;
  const interrupt = (exitCode) => () => {
    if (interruptedWith === 0) {
      interruptedWith = exitCode;
      interruptedAt = Date.now();
      controller.abort();
    } else if (Date.now() - interruptedAt > SECOND_SIGNAL_AFTER_MS) {
      process.exit(interruptedWith);
    }
  };
  process.on('SIGINT', interrupt(130));
  process.on('SIGTERM', interrupt(143));
  main(process.argv.slice(2), controller.signal).then(
    (exitCode = 0) => process.exit(interruptedWith || exitCode),
    (error) => {
      if (interruptedWith) process.exit(interruptedWith);
      console.error(`\n${error instanceof UserError ? error.message : error.stack}`);
      process.exit(1);
    },
  );
}

/** An error whose message says all the reader needs; no stack is shown. */
export class UserError extends Error {}

/** Whether this module was started by itself, not imported. */
export function isMain(moduleUrl) {
  const started = process.argv[1];
  return started !== undefined && pathToFileURL(realpathSync(started)).href === moduleUrl;
}
