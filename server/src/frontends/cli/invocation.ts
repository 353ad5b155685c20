import type { Core, CoreDeps } from '../../core/core.ts';
import type { Config } from '../../core/config.ts';
import type { CliSettings, GlobalOptions } from './cli-settings.ts';
import type { ProgressLine } from './progress-line.ts';
import { failureWords } from './failure-words.ts';
import { createStderrLogger } from './stderr-logger.ts';
import type { Terminal } from './terminal.ts';

/** What the process gives the CLI. */
export interface CliDeps {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly version: string;
  /** Absolute path of the embedded model's file. */
  readonly modelFile: string;
  /** Absolute path of the script that checks a file's structure. */
  readonly structureWorker: string;
  /** Absolute path of the script of `index-worker.ts`; without it indexing works in this thread. */
  readonly indexWorker?: string;
  /** Absolute path of the script of `model-process.ts`, in which a local model runs. */
  readonly modelProcess: string;
  /** Absolute path of the script of the thread that checks texts for secrets. */
  readonly secretScanWorker: string;
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds of any steady clock. */
  readonly now: () => number;
  /** Loads core on first use: `--help` must not wait for a database. */
  createCore(config: Config, deps: CoreDeps): Promise<Core>;
}

/** One call of one command. */
export interface Invocation extends CliDeps {
  readonly options: GlobalOptions;
  readonly progress: ProgressLine;
}

/** Opens core, lends it, closes it. */
export async function withCore<T>(
  call: Invocation,
  settings: CliSettings,
  use: (core: Core) => Promise<T>,
): Promise<T> {
  const { configSchema } = await import('../../core/config.ts');
  const logger = createStderrLogger(call.terminal.stderr, {
    quiet: call.options.quiet === true,
    progress: call.progress,
    secrets: [settings.apiKey, settings.reranker?.apiKey],
  });
  const { namedOrigin, reranker } = settings;
  const apiKeyOf = (provider: string, origin: string): string | null => {
    if (reranker?.provider === provider && reranker.origin === origin) return reranker.apiKey;
    return origin === namedOrigin ? settings.apiKey : null;
  };
  // Whoever types a command waits for it.
  const config = configSchema.parse({ ...settings.config, effort: 'full' });
  const core = await call.createCore(config, {
    logger,
    modelFile: call.modelFile,
    structureWorker: call.structureWorker,
    ...(call.indexWorker === undefined ? {} : { indexWorker: call.indexWorker }),
    modelProcess: call.modelProcess,
    secretScanWorker: call.secretScanWorker,
    fetch: call.fetch,
    apiKeyOf,
    mayContact: (origin) => origin === namedOrigin || origin === reranker?.origin,
    onCacheProblem: (problem) => {
      logger.warn(failureWords(problem));
    },
  });
  try {
    return await use(core);
  } finally {
    await core.close();
  }
}
