import { Worker } from 'node:worker_threads';
import { Failure } from '../errors.ts';
import type { SecretFinding } from './secret-findings.ts';
import type { ScanAnswer, ScanRequest } from './secret-scan-worker.ts';

export type { SecretFinding } from './secret-findings.ts';

/** Name of the check. What it found is remembered under it: a change of rules changes the name. */
export const SECRET_CHECK = 'secretlint-13.1.0 key-halves-1';

/** Looks for secrets in texts before they leave the computer. */
export interface SecretScanner {
  /**
   * Findings of each text, in order; none for a text that may go. A text that could not be checked
   * in time has one of rule `UNCHECKED`. Throws Failure `internal` when nothing can be checked:
   * nothing may be sent then.
   */
  scan(texts: readonly string[], signal: AbortSignal): Promise<readonly SecretFinding[][]>;
  close(): Promise<void>;
}

/** Rule of the finding that a text could not be checked in time. */
export const UNCHECKED = 'unchecked';

export interface ScannerOptions {
  /** Absolute path of the worker's script. */
  readonly workerFile: string;
  /** Longest time for one message's texts, milliseconds. */
  readonly limitMs?: number;
}

/** Texts in one message: large enough to hide its price, small enough for a short time limit. */
const MESSAGE_BYTES = 256 * 1024;
const LIMIT_MS = 5000;
/** Starting a thread on a busy computer takes its time; it is no text's fault. */
const START_LIMIT_MS = 30_000;

/**
 * Checks in a thread of its own: the patterns never hold up the event loop, and one that runs away
 * on a hostile text is ended with its thread.
 */
export function createSecretScanner(options: ScannerOptions): SecretScanner {
  return new WorkerScanner(options);
}

class WorkerScanner implements SecretScanner {
  readonly #options: ScannerOptions;
  #worker: Promise<Worker> | null = null;
  #lastId = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: ScannerOptions) {
    this.#options = options;
  }

  scan(texts: readonly string[], signal: AbortSignal): Promise<readonly SecretFinding[][]> {
    const result = this.#turn.then(() => this.#scanInTurn(texts, signal));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    await this.#turn;
    await this.#end();
  }

  async #scanInTurn(texts: readonly string[], signal: AbortSignal): Promise<SecretFinding[][]> {
    const findings: SecretFinding[][] = [];
    for (const some of messagesOf(texts)) {
      signal.throwIfAborted();
      findings.push(...(await this.#check(some)));
    }
    return findings;
  }

  /** Texts that take too long together are checked one by one: only the slow one stays unchecked. */
  async #check(texts: readonly string[]): Promise<SecretFinding[][]> {
    const answer = await this.#ask(texts);
    if (answer !== null) return answer;
    if (texts.length > 1) {
      const findings: SecretFinding[][] = [];
      for (const text of texts) findings.push(...(await this.#check([text])));
      return findings;
    }
    const lines = texts[0]!.split('\n').length;
    return [[{ startLine: 1, endLine: lines, rule: UNCHECKED }]];
  }

  /** Null when the time was up. */
  async #ask(texts: readonly string[]): Promise<SecretFinding[][] | null> {
    const worker = await this.#running();
    const id = ++this.#lastId;
    const answered = Promise.withResolvers<SecretFinding[][] | null>();
    const timer = setTimeout(() => {
      answered.resolve(null);
    }, this.#options.limitMs ?? LIMIT_MS);
    const onMessage = (answer: ScanAnswer): void => {
      if (answer.id === id) answered.resolve(answer.findings.map((found) => [...found]));
    };
    const onEnd = (): void => {
      answered.reject(checkFailed());
    };
    worker.on('message', onMessage).once('error', onEnd).once('exit', onEnd);
    worker.ref();
    try {
      worker.postMessage({ id, texts } satisfies ScanRequest);
      const findings = await answered.promise;
      if (findings === null) await this.#end();
      return findings;
    } catch (error) {
      await this.#end();
      throw error;
    } finally {
      clearTimeout(timer);
      worker.unref();
      worker.off('message', onMessage).off('error', onEnd).off('exit', onEnd);
    }
  }

  #running(): Promise<Worker> {
    return (this.#worker ??= startWorker(this.#options.workerFile));
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.then(
      (running) => running.terminate(),
      () => undefined,
    );
  }
}

async function startWorker(file: string): Promise<Worker> {
  const worker = new Worker(file, { env: {}, resourceLimits: { maxOldGenerationSizeMb: 256 } });
  const started = Promise.withResolvers<undefined>();
  const timer = setTimeout(started.reject, START_LIMIT_MS);
  worker.once('online', () => {
    started.resolve(undefined);
  });
  worker.once('error', started.reject);
  try {
    await started.promise;
  } catch (cause) {
    void worker.terminate();
    throw checkFailed(cause);
  } finally {
    clearTimeout(timer);
    // An idle thread must not keep a command line waiting.
    worker.unref();
    worker.off('error', started.reject);
    // Whoever waits for an answer hears of a failure; without a listener it would end the process.
    worker.on('error', () => undefined);
  }
  return worker;
}

function* messagesOf(texts: readonly string[]): Generator<readonly string[]> {
  let some: string[] = [];
  let bytes = 0;
  for (const text of texts) {
    some.push(text);
    bytes += text.length;
    if (bytes < MESSAGE_BYTES) continue;
    yield some;
    some = [];
    bytes = 0;
  }
  if (some.length > 0) yield some;
}

function checkFailed(cause?: unknown): Failure {
  return new Failure('internal', 'The check for secrets could not run, so nothing was sent.', {
    cause,
  });
}
