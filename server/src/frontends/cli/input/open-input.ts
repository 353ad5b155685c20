import { createReadStream } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../../core/errors.ts';
import type { Terminal } from '../terminal.ts';
import { linesOf } from './lines.ts';
import { textsOfLines, type InputText } from './texts.ts';

/** Texts of a file, or of stdin for `-`. Throws Failure when it cannot be read. */
export async function* textsOfInput(
  input: string,
  terminal: Terminal,
  signal: AbortSignal,
): AsyncGenerator<InputText> {
  const stream =
    input === '-' ? terminal.stdin : createReadStream(path.resolve(terminal.cwd, input));
  // A pipe may stay silent for ever: stopping must not wait for it.
  const stop = (): void => void stream.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    yield* textsOfLines(linesOf(stream as AsyncIterable<Uint8Array>));
    signal.throwIfAborted();
  } catch (error) {
    signal.throwIfAborted();
    throw inputFailure(input === '-' ? 'standard input' : input, error);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function inputFailure(name: string, cause: unknown): unknown {
  if (cause instanceof TypeError) {
    return new Failure('badSettings', `${name} is not UTF-8 text. Convert it first.`, { cause });
  }
  const code = cause instanceof Error && 'code' in cause ? cause.code : null;
  if (typeof code !== 'string') return cause;
  const why = code === 'ENOENT' ? 'there is no such file' : code;
  return new Failure('badSettings', `${name} cannot be read: ${why}.`, { cause });
}
