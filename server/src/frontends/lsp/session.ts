import type { ServerSettings } from '../../../protocol/settings.ts';
import { createCore, type Core } from '../../core/core.ts';
import { Failure } from '../../core/errors.ts';
import { PauseGate } from '../../core/index/pause-gate.ts';
import type { FolderSourceDeps } from '../../core/folder-source.ts';
import type { Logger } from '../../core/logger.ts';
import { providerKind } from '../../core/providers/provider-table.ts';
import { configOf } from './settings-config.ts';

export interface SessionDeps extends FolderSourceDeps {
  readonly logger: Logger;
  readonly modelFile: string;
  readonly structureWorker: string;
  readonly indexWorker: string;
  readonly modelProcess: string;
  readonly secretScanWorker: string;
  apiKeyOf(provider: string, origin: string): string | null;
  onCacheProblem(problem: Failure): void;
}

/** The core for the settings of now: opened on first use, replaced when they change. */
export class Session {
  readonly #deps: SessionDeps;
  /** Outlives the core: a pause holds under new settings, too. */
  readonly gate = new PauseGate();
  #settings: ServerSettings | null = null;
  #core: Promise<Core> | null = null;
  /** Fires when this core is to be left: on new settings and at the end. */
  #leaving = new AbortController();
  readonly #closing = new Set<Promise<void>>();
  readonly #listeners = new Set<() => void>();

  constructor(deps: SessionDeps) {
    this.#deps = deps;
  }

  /** Runs under the old settings are cancelled; what they were answered is in the cache. */
  configure(settings: ServerSettings): void {
    const same = JSON.stringify(settings) === JSON.stringify(this.#settings);
    this.#settings = settings;
    if (!same) this.#leave();
  }

  /** The core, and a signal that fires when it is replaced. */
  async core(): Promise<{ core: Core; signal: AbortSignal }> {
    const { signal } = this.#leaving;
    return { core: await (this.#core ??= this.#open()), signal };
  }

  /** Whether no text leaves this computer. */
  get isLocal(): boolean {
    const { provider } = this.#settings ?? {};
    return provider !== undefined && providerKind(provider.kind).remote === null;
  }

  /** What may be spent at once without a question, US dollars. */
  get confirmAboveUsd(): number {
    return this.#settings?.confirmAboveUsd ?? 0;
  }

  /** Called after any figure of the core changed. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  async close(): Promise<void> {
    this.#leave();
    await Promise.allSettled(this.#closing);
  }

  #open(): Promise<Core> {
    const settings = this.#settings;
    if (!settings) return Promise.reject(new Failure('badSettings', 'no settings arrived yet'));
    const core = createCore(configOf(settings), {
      logger: this.#deps.logger,
      modelFile: this.#deps.modelFile,
      structureWorker: this.#deps.structureWorker,
      indexWorker: this.#deps.indexWorker,
      modelProcess: this.#deps.modelProcess,
      secretScanWorker: this.#deps.secretScanWorker,
      fetch: globalThis.fetch,
      apiKeyOf: (provider, origin) => this.#deps.apiKeyOf(provider, origin),
      gate: this.gate,
      foldersWithin: (folder) => this.#deps.foldersWithin?.(folder) ?? [],
      unsavedIn: (folder) => this.#deps.unsavedIn?.(folder) ?? new Map(),
      ...(this.#deps.clientFiles ? { clientFiles: this.#deps.clientFiles } : {}),
      mayContact: (origin) => settings.allowedOrigins.includes(origin),
      onCacheProblem: (problem) => {
        this.#deps.onCacheProblem(problem);
      },
    });
    core.then(
      (opened) =>
        opened.onChange(() => {
          for (const listener of this.#listeners) listener();
        }),
      // A failed opening must not stick: the directory may be usable at the next request.
      () => {
        if (this.#core === core) this.#core = null;
      },
    );
    return core;
  }

  #leave(): void {
    this.#leaving.abort();
    this.#leaving = new AbortController();
    const core = this.#core;
    this.#core = null;
    if (!core) return;
    const closing = core
      .then((opened) => opened.close())
      .catch((error: unknown) => {
        this.#deps.logger.warn(`closing the cache: ${error instanceof Error ? error.message : ''}`);
      })
      .finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
