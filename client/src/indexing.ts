import * as vscode from 'vscode';
import type { IndexProgress, IndexReport } from '../../server/protocol/index-report.ts';
import type { ServerApi } from './server-api.ts';

/** Indexing of the open workspace: one run at a time, which everybody who asks joins. */
export class Indexing {
  readonly #api: ServerApi;
  readonly #log: vscode.LogOutputChannel;
  readonly #changes = new vscode.EventEmitter<IndexProgress | null>();
  /** Progress of a run; null when it has ended. */
  readonly onDidChange = this.#changes.event;
  #run: { readonly done: Promise<IndexReport>; readonly abort: AbortController } | null = null;
  #progress: IndexProgress | null = null;

  constructor(api: ServerApi, log: vscode.LogOutputChannel) {
    this.#api = api;
    this.#log = log;
  }

  get running(): boolean {
    return this.#run !== null;
  }

  /** Null while nothing is known yet, and when nothing runs. */
  get progress(): IndexProgress | null {
    return this.#progress;
  }

  /** Indexes every workspace folder, or joins the run under way. */
  start(): Promise<IndexReport> {
    if (this.#run === null) {
      const abort = new AbortController();
      this.#run = { abort, done: this.#index(abort.signal) };
    }
    return this.#run.done;
  }

  /** What was embedded until now stays in the cache. */
  cancel(): void {
    this.#run?.abort.abort();
  }

  dispose(): void {
    this.cancel();
    this.#changes.dispose();
  }

  async #index(signal: AbortSignal): Promise<IndexReport> {
    const onProgress = (progress: IndexProgress): void => {
      this.#progress = progress;
      this.#changes.fire(progress);
    };
    try {
      const report = await this.#api.index([], onProgress, signal);
      const { files, chunks, provider, seconds } = report;
      this.#log.info(
        `indexed ${files.total} files (${files.unchanged} unchanged), ${chunks.total} chunks: ` +
          `${chunks.hits} hits, ${chunks.misses} misses, ${provider.requests} requests, ${seconds} s`,
      );
      return report;
    } finally {
      this.#run = null;
      this.#progress = null;
      this.#changes.fire(null);
    }
  }
}
