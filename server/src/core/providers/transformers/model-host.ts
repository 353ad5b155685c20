import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Failure } from '../../errors.ts';
import { unusable } from './local-model.ts';
import type { FromModel, ModelQuestion, ModelResults, ModelSetup, ToModel } from './messages.ts';

export interface ModelHostOptions {
  /** Absolute path of the script of `model-process.ts`. */
  readonly script: string;
  /** Asked for at each start: what is missing may have been installed meanwhile. */
  readonly setup: () => Promise<ModelSetup>;
  /** A process that says nothing for so long while it is asked something is taken for hung. */
  readonly silenceMs?: number;
  readonly idleMs?: number;
}

const SILENCE_MS = 300_000;
/** Loading takes seconds; a model takes hundreds of megabytes. */
const IDLE_MS = 300_000;
/** A process that ends may have ended for another reason; two ends are the question's. */
const TRIES = 2;
/** Nothing else of the environment is the model's business, keys above all. */
const ENVIRONMENT = [
  'PATH',
  'SYSTEMROOT',
  'TEMP',
  'TMP',
  'TMPDIR',
  'LD_LIBRARY_PATH',
  'ELECTRON_RUN_AS_NODE',
];

interface Waiting {
  readonly question: ModelQuestion;
  readonly resolve: (result: ModelResults[ModelQuestion['kind']]) => void;
  readonly reject: (error: unknown) => void;
  tries: number;
}

/** Keeps a process that holds a model: started when asked, ended when idle, started again once. */
export class ModelHost {
  readonly #options: ModelHostOptions;
  readonly #waiting = new Map<number, Waiting>();
  #child: Promise<ChildProcess> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #lastId = 0;
  #closed = false;

  constructor(options: ModelHostOptions) {
    this.#options = options;
  }

  /** Rejects with Failure `notInstalled` or `modelUnusable`, or as soon as `signal` fires. */
  ask<K extends ModelQuestion['kind']>(
    question: Extract<ModelQuestion, { kind: K }>,
    signal: AbortSignal,
  ): Promise<ModelResults[K]> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    if (this.#closed) return Promise.reject(unusable('The local model was closed.'));
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<ModelResults[K]>();
    this.#waiting.set(id, { question, resolve: resolve as Waiting['resolve'], reject, tries: 0 });
    const abort = () => {
      reject(signal.reason);
      void this.#child?.then(
        (child) => {
          send(child, { kind: 'cancel', id });
        },
        () => undefined,
      );
    };
    signal.addEventListener('abort', abort, { once: true });
    void this.#put(id);
    return promise.finally(() => {
      signal.removeEventListener('abort', abort);
      this.#waiting.delete(id);
      this.#rest();
    });
  }

  /** Ends the process; what waits is rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    const child = await this.#child?.catch(() => null);
    if (child) await end(child);
  }

  async #put(id: number): Promise<void> {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    waiting.tries++;
    try {
      const child = await (this.#child ??= this.#start());
      hold(child, true);
      this.#watch(child);
      send(child, { kind: 'ask', id, question: waiting.question });
    } catch (error) {
      this.#child = null;
      waiting.reject(error);
    }
  }

  async #start(): Promise<ChildProcess> {
    const setup = await this.#options.setup();
    const child = fork(this.#options.script, [], {
      env: environmentOf(process.env),
      // Not this process's: a debugger's port, say.
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      windowsHide: true,
    });
    child.on('message', (message: FromModel) => {
      this.#watch(child);
      if (message.kind !== 'alive') this.#settle(message);
    });
    child.on('error', (cause) => {
      if (child.pid !== undefined) return;
      this.#ended(unusable('The process of the local model cannot be started.', cause));
    });
    child.once('exit', (code, signal) => {
      const how = signal ?? `code ${code}`;
      this.#ended(unusable(`The process of the local model ended (${how}). ${MEMORY}`));
    });
    send(child, { kind: 'setup', setup });
    return child;
  }

  #settle(message: Exclude<FromModel, { kind: 'alive' }>): void {
    const waiting = this.#waiting.get(message.id);
    if (message.kind === 'done') waiting?.resolve(message.result);
    else
      waiting?.reject(new Failure(message.failure, message.message, { provider: 'transformers' }));
  }

  #ended(why: Failure): void {
    this.#child = null;
    this.#stopTimer();
    for (const [id, waiting] of this.#waiting) {
      if (this.#closed || waiting.tries >= TRIES) waiting.reject(why);
      else void this.#put(id);
    }
  }

  /** Starts the time of silence anew. */
  #watch(child: ChildProcess): void {
    this.#stopTimer();
    if (this.#waiting.size === 0) return;
    this.#timer = setTimeout(() => child.kill('SIGKILL'), this.#options.silenceMs ?? SILENCE_MS);
  }

  /** With nothing to do it keeps no command line waiting, and ends after a while. */
  #rest(): void {
    if (this.#waiting.size > 0) return;
    this.#stopTimer();
    void this.#child?.then(
      (child) => {
        if (this.#waiting.size > 0 || this.#closed) return;
        hold(child, false);
        this.#timer = setTimeout(() => void end(child), this.#options.idleMs ?? IDLE_MS).unref();
      },
      () => undefined,
    );
  }

  #stopTimer(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

const MEMORY = 'It may need more memory than there is: choose a smaller model, or close programs.';

/** Windows compares names without case: `Path`. */
function environmentOf(parent: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(parent).filter(([name]) => ENVIRONMENT.includes(name.toUpperCase()));
  return Object.fromEntries(kept);
}

/** Whether this process stays for it. */
function hold(child: ChildProcess, held: boolean): void {
  if (held) {
    child.ref();
    child.channel?.ref();
  } else {
    child.unref();
    child.channel?.unref();
  }
}

/** One that has ended is heard of by its `exit`. */
function send(child: ChildProcess, message: ToModel): void {
  if (child.connected) child.send(message, () => undefined);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  hold(child, true);
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
