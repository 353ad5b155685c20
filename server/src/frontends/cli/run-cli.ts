import { CommanderError } from 'commander';
import { failureOf } from '../../core/errors.ts';
import { KEY_VARIABLES, type GlobalOptions } from './cli-settings.ts';
import { createProgram } from './commands.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { failureWords } from './failure-words.ts';
import type { CliDeps, Invocation } from './invocation.ts';
import { createProgressLine } from './progress-line.ts';
import { redact } from './stderr-logger.ts';
import { UsageError } from './usage-error.ts';

/** Runs one command line, without the program's own name, and says how it ended. */
export async function runCli(args: readonly string[], deps: CliDeps): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  let quiet = false;
  const act = async (
    options: GlobalOptions,
    run: (call: Invocation) => Promise<ExitCode>,
  ): Promise<void> => {
    quiet = options.quiet === true;
    const progress = createProgressLine(deps.terminal.stderr, { quiet, now: deps.now });
    const onAbort = (): void => {
      progress.clear();
      if (!quiet) deps.terminal.stderr.write('Stopping. Press Ctrl+C again to stop at once.\n');
    };
    deps.signal.addEventListener('abort', onAbort, { once: true });
    try {
      exitCode = await run({ ...deps, options, progress });
    } finally {
      progress.clear();
      deps.signal.removeEventListener('abort', onAbort);
    }
  };
  try {
    await createProgram(deps.version, deps.terminal, act).parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error, deps, quiet);
  }
}

function exitCodeOf(error: unknown, { terminal, signal }: CliDeps, quiet: boolean): ExitCode {
  // Commander has printed its own message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (signal.aborted) {
    if (!quiet) terminal.stderr.write('Interrupted. What was embedded is kept.\n');
    return EXIT.interrupted;
  }
  // Whoever read our output wants no more of it, as `head` does.
  if (isBrokenPipe(error)) return EXIT.done;
  const usage = error instanceof UsageError;
  const words = usage ? error.message : failureWords(failureOf(error));
  const safe = KEY_VARIABLES.reduce((text, name) => redact(text, terminal.env[name]), words);
  terminal.stderr.write(`embeddingcache: ${safe}\n`);
  return usage ? EXIT.usage : EXIT.failed;
}

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}
