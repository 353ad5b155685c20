import { Worker } from 'node:worker_threads';
import { Failure } from '../../errors.ts';
import type { Job, JobResults, WorkerAnswer, WorkerSetup } from './jobs.ts';

export interface WorkerPoolOptions {
  /** Absolute path of the worker's program. */
  readonly file: string;
  readonly setup: WorkerSetup;
  /** Threads at most. They start when they are needed, and end when nothing was for a while. */
  readonly size: number;
  /** Rests after each job as long as the job took. */
  readonly gentle: boolean;
  /** A job that takes longer is taken for hung, and its worker ended. */
  readonly jobTimeoutMs?: number;
}

/** A job whose worker ended, or hung, each time it was tried. */
export class WorkerCrash extends Error {}

const JOB_TIMEOUT_MS = 30_000;
const IDLE_MS = 20_000;
/** Megabytes. Files are small: what needs more is taken for poison. */
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 8 };
/** A worker that ends with a job may have ended for another reason; two ends are the job's. */
const TRIES = 2;

interface Task {
  readonly job: Job;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (result: JobResults[Job['kind']]) => void;
  readonly reject: (error: unknown) => void;
  tries: number;
}

interface Member {
  readonly worker: Worker;
  task: Task | null;
  timeout: NodeJS.Timeout | null;
}

/** Threads that take CPU-heavy work off the event loop. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #members = new Set<Member>();
  readonly #waiting: Task[] = [];
  #idleTimer: NodeJS.Timeout | null = null;
  #closed = false;

  get size(): number {
    return this.#options.size;
  }

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  /**
   * Rejects with the signal's reason as soon as it fires, with WorkerCrash where the job ends its
   * worker again and again, and with what the job itself throws.
   */
  run<K extends Job['kind']>(
    job: Extract<Job, { kind: K }>,
    signal?: AbortSignal,
  ): Promise<JobResults[K]> {
    const { promise, resolve, reject } = Promise.withResolvers<JobResults[K]>();
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    const task = { job, signal, resolve: resolve as Task['resolve'], reject, tries: 0 };
    const abort = () => {
      reject(signal?.reason);
      const at = this.#waiting.indexOf(task);
      if (at >= 0) this.#waiting.splice(at, 1);
    };
    signal?.addEventListener('abort', abort, { once: true });
    this.#put(task);
    return promise.finally(() => signal?.removeEventListener('abort', abort));
  }

  /** Ends the threads; what runs is rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const task of this.#waiting.splice(0)) task.reject(new WorkerCrash('the pool is closed'));
    await this.#end();
  }

  /** Vectors are what writing waits for, so they go before cutting more files. */
  #put(task: Task): void {
    if (task.job.kind === 'embed') this.#waiting.unshift(task);
    else this.#waiting.push(task);
    this.#dispatch();
  }

  #dispatch(): void {
    while (this.#waiting.length > 0 && !this.#closed) {
      const member =
        [...this.#members].find(({ task }) => task === null) ??
        (this.#members.size < this.#options.size ? this.#start() : null);
      if (!member) return;
      this.#give(member, this.#waiting.shift()!);
    }
  }

  #give(member: Member, task: Task): void {
    const { worker } = member;
    if (this.#idleTimer) clearTimeout(this.#idleTimer);
    member.task = task;
    task.tries++;
    const startedAt = performance.now();
    const timeout = (member.timeout = setTimeout(
      () => void worker.terminate(),
      this.#options.jobTimeoutMs ?? JOB_TIMEOUT_MS,
    ));
    worker.ref();
    worker.once('message', (answer: WorkerAnswer) => {
      clearTimeout(timeout);
      if (answer.kind === 'done') task.resolve(answer.result);
      else task.reject(new Failure(answer.failure, answer.message));
      const rest = this.#options.gentle ? performance.now() - startedAt : 0;
      if (rest < 1) this.#free(member);
      else {
        setTimeout(() => {
          this.#free(member);
        }, rest);
      }
    });
    worker.postMessage(task.job);
  }

  #free(member: Member): void {
    member.task = null;
    member.worker.unref();
    this.#dispatch();
    if (![...this.#members].every(({ task }) => task === null)) return;
    this.#idleTimer = setTimeout(() => void this.#end(), IDLE_MS).unref();
  }

  #start(): Member {
    const { file, setup } = this.#options;
    const member: Member = {
      worker: new Worker(file, { workerData: setup, env: {}, resourceLimits: LIMITS }),
      task: null,
      timeout: null,
    };
    // Its end, which follows, says all there is to say.
    member.worker.on('error', () => undefined);
    member.worker.once('exit', () => {
      this.#members.delete(member);
      if (member.timeout) clearTimeout(member.timeout);
      if (member.task) this.#retry(member.task);
      else this.#dispatch();
    });
    this.#members.add(member);
    return member;
  }

  #retry(task: Task): void {
    if (task.signal?.aborted === true) return;
    if (this.#closed || task.tries >= TRIES) {
      task.reject(
        new WorkerCrash(`a worker ended ${task.tries} times at one ${task.job.kind} job`),
      );
      this.#dispatch();
    } else this.#put(task);
  }

  async #end(): Promise<void> {
    await Promise.all([...this.#members].map(({ worker }) => worker.terminate()));
  }
}
