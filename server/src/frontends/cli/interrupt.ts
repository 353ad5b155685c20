import { EXIT } from './exit-code.ts';

/**
 * Fires on the first Ctrl+C or SIGTERM, so that work ends in order and what was paid for is kept.
 * The second ends the process at once.
 */
export function abortOnInterrupt(target: NodeJS.Process): AbortSignal {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) target.exit(EXIT.interrupted);
    controller.abort();
  };
  target.on('SIGINT', onSignal);
  target.on('SIGTERM', onSignal);
  return controller.signal;
}
