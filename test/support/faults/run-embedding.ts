import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { CANARY } from '../canary.ts';
import { expectInvariants, expectNoCanary } from './cache-oracle.ts';
import type { EmbeddingReport, EmbeddingTask } from './embedding-task.ts';

const PROGRAM = path.join(import.meta.dirname, 'embedding-process.ts');
const STANDARD: Omit<EmbeddingTask, 'directory'> = {
  model: 'faulty',
  dimensions: 32,
  start: 0,
  count: 100,
  batch: 20,
  pauseMs: 0,
  answerMs: 0,
  untilStopped: false,
};

export interface RunOptions {
  /** Put before the program's own command line, such as strace with its options. */
  readonly wrap?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A process that embeds texts through a cache. */
export class EmbeddingRun {
  readonly child: ChildProcess;
  /** First texts of the batches that were answered, in order. */
  readonly acks: number[] = [];
  /** Null until it has ended well. */
  report: EmbeddingReport | null = null;
  output = '';
  readonly #directory: string;
  readonly #closed: Promise<unknown>;
  #onAck = (): void => undefined;

  constructor(task: Partial<EmbeddingTask> & { directory: string }, options: RunOptions = {}) {
    const { wrap = [], env = {} } = options;
    this.#directory = task.directory;
    const [command, ...args] = [
      ...wrap,
      process.execPath,
      '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
      PROGRAM,
      JSON.stringify({ ...STANDARD, ...task }),
    ];
    this.child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, OPENAI_API_KEY: CANARY, ...env },
    });
    this.#closed = once(this.child, 'close');
    this.child.stderr!.on('data', (bytes: Buffer) => {
      this.output += bytes.toString();
    });
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      this.#take(line);
    });
  }

  /** Resolves once so many batches are answered, or the process is gone. */
  async answered(batches: number): Promise<void> {
    const enough = new Promise<void>((resolve) => {
      this.#onAck = () => {
        if (this.acks.length >= batches) resolve();
      };
      this.#onAck();
    });
    await Promise.race([enough, this.#closed]);
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#closed;
  }

  stop(): Promise<EmbeddingReport> {
    this.child.stdin!.write('stop\n');
    return this.ended();
  }

  /**
   * Throws what the process printed if it did not end well, and where one of the fault matrix's
   * invariants does not hold, whatever the fault.
   */
  async ended(): Promise<EmbeddingReport> {
    await this.#closed;
    if (!this.report || this.child.exitCode !== 0) {
      throw new Error(
        `the process ended with ${this.child.exitCode ?? this.child.signalCode}: ${this.output}`,
      );
    }
    expectInvariants(this.report);
    expectNoCanary(this.#directory, this.output);
    return this.report;
  }

  #take(line: string): void {
    if (line.startsWith('ack ')) {
      this.acks.push(Number(line.slice(4)));
      this.#onAck();
    } else if (line.startsWith('{')) {
      this.report = JSON.parse(line) as EmbeddingReport;
    } else {
      this.output += `${line}\n`;
    }
  }
}
