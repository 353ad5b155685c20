import * as vscode from 'vscode';
import type { IndexProgress, IndexReport } from '../../server/protocol/index-report.ts';
import type { ServerApi } from './server-api.ts';

interface Run {
  /** What the run is about: settings and folders, as a string to compare. */
  readonly subject: string;
  readonly done: Promise<IndexReport>;
  readonly abort: AbortController;
}

const pausedKey = 'indexingPaused';

/** Indexing of the open workspace: one run at a time, which everybody who asks joins. */
export class Indexing {
  readonly #api: ServerApi;
  readonly #log: vscode.LogOutputChannel;
  readonly #subject: () => string;
  readonly #state: vscode.Memento;
  readonly #changes = new vscode.EventEmitter<IndexProgress | null>();
  /** Progress of a run; null when it has ended. */
  readonly onDidChange = this.#changes.event;
  readonly #finishes = new vscode.EventEmitter<IndexReport>();
  /** A run came to its end. */
  readonly onDidFinish = this.#finishes.event;
  #run: Run | null = null;
  /** Of the last run that came to its end; null before one did. */
  report: IndexReport | null = null;
  /** What the last run that succeeded was about. */
  #indexed: string | null = null;

  /** `subject` says what a run started now would be about. */
  constructor(
    api: ServerApi,
    log: vscode.LogOutputChannel,
    state: vscode.Memento,
    subject: () => string,
  ) {
    this.#api = api;
    this.#state = state;
    this.#log = log;
    this.#subject = subject;
  }

  get running(): boolean {
    return this.#run !== null;
  }

  /** Whether a run with the settings and folders of now succeeded or is under way. */
  get isCurrent(): boolean {
    return (this.#run === null ? this.#indexed : this.#run.subject) === this.#subject();
  }

  /** Indexes every workspace folder, or joins the run under way if it is about the same. */
  async start(): Promise<IndexReport> {
    const before = this.#run;
    if (before !== null && before.subject !== this.#subject()) {
      before.abort.abort();
      // Whoever waits for the old run hears how it ended.
      await before.done.catch(() => undefined);
    }
    this.#run ??= this.#begin();
    return this.#run.done;
  }

  /** Holds over a reload of the window. */
  get paused(): boolean {
    return this.#state.get(pausedKey, false);
  }

  async pause(): Promise<void> {
    await this.#setPaused(true);
  }

  async resume(): Promise<void> {
    await this.#setPaused(false);
  }

  /** What was embedded until now stays in the cache. */
  cancel(): void {
    this.#run?.abort.abort();
  }

  /** Cancels the run under way and waits for its end; the next one looks at everything. */
  async end(): Promise<void> {
    this.cancel();
    await this.#run?.done.catch(() => undefined);
    this.#indexed = null;
  }

  dispose(): void {
    this.cancel();
    this.#changes.dispose();
    this.#finishes.dispose();
  }

  async #setPaused(paused: boolean): Promise<void> {
    await this.#state.update(pausedKey, paused);
    await this.#api.request('embeddingCache/pause', { paused }, new AbortController().signal);
  }

  #begin(): Run {
    const abort = new AbortController();
    const subject = this.#subject();
    return { abort, subject, done: this.#index(subject, abort.signal) };
  }

  async #index(subject: string, signal: AbortSignal): Promise<IndexReport> {
    try {
      const report = await this.#api.index(
        [],
        () => this.paused,
        (progress) => {
          this.#changes.fire(progress);
        },
        signal,
      );
      this.#indexed = subject;
      this.report = report;
      const { files, chunks, provider, seconds } = report;
      this.#log.info(
        `indexed ${files.total} files (${files.unchanged} unchanged), ${chunks.total} chunks: ` +
          `${chunks.hits} hits, ${chunks.misses} misses, ${provider.requests} requests, ${seconds.toFixed(1)} s`,
      );
      for (const { path, startLine, endLine } of report.withheld.looksSecret) {
        this.#log.info(`not sent, looks secret: ${path}:${startLine}-${endLine}`);
      }
      this.#finishes.fire(report);
      return report;
    } finally {
      this.#run = null;
      this.#changes.fire(null);
    }
  }
}
