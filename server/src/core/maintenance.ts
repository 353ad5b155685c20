import { statSync } from 'node:fs';
import { workspacesIn } from './cache/cache-directory.ts';
import type { EmbeddingCache } from './cache/embedding-cache.ts';
import { backUp, type BackupReport } from './cache/maintenance/backup.ts';
import { shardFilesIn } from './cache/maintenance/cache-files.ts';
import {
  collectGarbage,
  type GarbageReport as StoredGarbage,
  type GarbageRules,
  type SpaceGarbage as StoredSpaceGarbage,
} from './cache/maintenance/collect-garbage.ts';
import {
  exportPack,
  type ExportOptions,
  type ExportReport,
} from './cache/maintenance/pack/export-pack.ts';
import { importPack, type ImportReport } from './cache/maintenance/pack/import-pack.ts';
import type { MaintenanceProgress, MaintenanceRun } from './cache/maintenance/progress.ts';
import {
  importPythonCache,
  isPythonCache,
  modelFilesIn,
  type PythonModel,
} from './cache/maintenance/python-cache.ts';
import type { Renewals } from './cache/maintenance/renew-file.ts';
import { removeReplaced } from './cache/maintenance/replaced-files.ts';
import { verifyCache, type VerifyReport } from './cache/maintenance/verify.ts';
import { dayNumberOf } from './cache/last-use.ts';
import { Failure } from './errors.ts';
import { emptyIndexesIn } from './index/empty-indexes.ts';
import { indexUsesIn } from './index/index-uses.ts';
import type { EmbeddingSpace } from './keys/space.ts';
import { openLocalMaker, type OpenMaker } from './local-maker.ts';
import type { Logger } from './logger.ts';
import { installRuntime } from './providers/transformers/install-runtime.ts';
import { costUsd, type PriceOf } from './usage/prices.ts';

export interface MaintenanceDeps {
  /** Absolute path of the script that checks a file's structure, in a thread of its own. */
  readonly structureWorker: string;
  /** Absolute path of the script of the process that a local model runs in. */
  readonly modelProcess: string;
  readonly logger: Logger;
}

export interface SpaceGarbage extends StoredSpaceGarbage {
  /** What making the removed ones again would cost, about; 0 where no price is known. */
  readonly costUsd: number;
}

export interface GarbageReport extends StoredGarbage {
  readonly spaces: readonly SpaceGarbage[];
}

export type GarbageRun = MaintenanceRun & GarbageRules & { readonly dryRun: boolean };

export type ExportRun = Omit<ExportOptions, 'directory'>;

export interface ImportRun extends MaintenanceRun {
  /** Absolute path of a pack, or of a directory. */
  readonly from: string;
  /** What made the vectors of a Python directory; its files do not say it. */
  readonly model?: PythonModel;
  /** Absolute path of the model's folder, where it is not in Hugging Face's cache. */
  readonly modelFolder?: string;
}

/** Looking after the cache. Each run can be cancelled; others may use the cache meanwhile. */
export interface Maintenance {
  /** Spaces that have a file, which maintenance can be about. */
  spaces(): Promise<readonly EmbeddingSpace[]>;
  /** Checks every row and every file, and with `repair` mends what can be mended: see `verifyCache`. */
  verify(options: MaintenanceRun & { readonly repair: boolean }): Promise<VerifyReport>;
  /** Removes what the rules name; a dry run says what that would be. */
  collectGarbage(options: GarbageRun): Promise<GarbageReport>;
  /** Removes all embeddings and texts, and empties the indexes of all workspaces. */
  deleteAll(options: MaintenanceRun): Promise<GarbageReport>;
  /** Writes embeddings, and texts if asked, to a file that `importFrom` takes. */
  exportTo(options: ExportRun): Promise<ExportReport>;
  /** Merges a pack, or a directory of the Python package, made with `model`. */
  importFrom(options: ImportRun): Promise<ImportReport>;
  /** Copies the whole cache, as it is at one moment, to a new or empty directory. */
  backUp(options: MaintenanceRun & { readonly to: string }): Promise<BackupReport>;
  /** Downloads what runs local models, once; as `installRuntime` of the provider. */
  installRuntime(signal: AbortSignal): Promise<void>;
}

export interface MaintenanceParts {
  readonly cache: EmbeddingCache;
  readonly renewals: Renewals;
  readonly deps: MaintenanceDeps;
  readonly priceOf: PriceOf;
  /** Called after what the cache holds changed. */
  readonly changed: () => void;
}

export function createMaintenance(parts: MaintenanceParts): Maintenance {
  return new CacheMaintenance(parts);
}

class CacheMaintenance implements Maintenance {
  readonly #cache: EmbeddingCache;
  readonly #directory: string;
  readonly #workspaces: string;
  readonly #renewals: Renewals;
  readonly #deps: MaintenanceDeps;
  readonly #priceOf: PriceOf;
  readonly #changed: () => void;

  constructor({ cache, renewals, deps, priceOf, changed }: MaintenanceParts) {
    this.#cache = cache;
    this.#directory = cache.directory;
    this.#workspaces = workspacesIn(cache.directory);
    this.#renewals = renewals;
    this.#deps = deps;
    this.#priceOf = priceOf;
    this.#changed = changed;
  }

  async spaces(): Promise<readonly EmbeddingSpace[]> {
    return (await shardFilesIn(this.#directory)).map(({ space }) => space);
  }

  verify(options: MaintenanceRun & { readonly repair: boolean }): Promise<VerifyReport> {
    const { structureWorker } = this.#deps;
    return this.#run(() =>
      verifyCache({
        ...options,
        structureWorker,
        directory: this.#directory,
        renewals: this.#renewals,
      }),
    );
  }

  collectGarbage(options: GarbageRun): Promise<GarbageReport> {
    const { signal } = options;
    return this.#run(async () => {
      // What this process has read until now counts as used.
      await this.#cache.flushUses();
      const report = await collectGarbage({
        ...options,
        rules: options,
        structureWorker: this.#deps.structureWorker,
        directory: this.#directory,
        today: dayNumberOf(Date.now()),
        indexUses: (space) => indexUsesIn(this.#workspaces, space, signal),
      });
      const spaces = report.spaces.map((garbage) => {
        const { provider, model } = garbage.space;
        return {
          ...garbage,
          costUsd: costUsd(this.#priceOf, provider, model, garbage.removedTokens),
        };
      });
      return { ...report, spaces };
    });
  }

  async deleteAll(options: MaintenanceRun): Promise<GarbageReport> {
    const report = await this.collectGarbage({ ...options, everything: true, dryRun: false });
    await this.#run(() => emptyIndexesIn(this.#workspaces));
    // Damaged files that were kept hold texts and vectors, too.
    for (const directory of [this.#directory, this.#workspaces]) removeReplaced(directory);
    return report;
  }

  exportTo(options: ExportRun): Promise<ExportReport> {
    return exportPack({ ...options, directory: this.#directory });
  }

  importFrom({ from, model, modelFolder = '', ...run }: ImportRun): Promise<ImportReport> {
    const { texts, onProblem } = this.#cache;
    const into = { ...run, directory: this.#directory, texts, onProblem };
    return this.#run(async () => {
      if (!isDirectory(from)) return importPack({ ...into, file: from });
      if (!isPythonCache(from)) {
        throw new Failure(
          'badFile',
          `${from} is no directory of the Python package embeddingcache`,
        );
      }
      if (model) {
        const maker = await this.#makerOf(model, modelFolder, run.signal);
        try {
          const made = { from, model, ...(maker ? { maker } : {}) };
          const report = await importPythonCache({ ...into, ...made });
          const modelMissing = maker === null && model.provider === 'transformers';
          return { ...report, ...(modelMissing ? { modelMissing } : {}) };
        } finally {
          await maker?.close();
        }
      }
      const there = modelFilesIn(from).join(', ') || 'no vectors';
      throw new Failure('badFile', `${from} does not say its model in full; it has: ${there}`);
    });
  }

  backUp(options: MaintenanceRun & { readonly to: string }): Promise<BackupReport> {
    const { structureWorker } = this.#deps;
    return backUp({ ...options, structureWorker, directory: this.#directory });
  }

  async #makerOf(
    model: PythonModel,
    modelFolder: string,
    signal: AbortSignal,
  ): Promise<OpenMaker | null> {
    if (model.provider !== 'transformers') return null;
    const { modelProcess: processFile, logger } = this.#deps;
    const localModels = { processFile, cacheDir: this.#directory, env: process.env };
    return openLocalMaker({ model, modelFolder, localModels, logger, signal });
  }

  async installRuntime(signal: AbortSignal): Promise<void> {
    await installRuntime(this.#directory, signal);
  }

  async #run<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } finally {
      this.#changed();
    }
  }
}

function isDirectory(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
}

export type { BackupReport, ExportReport, ImportReport, MaintenanceProgress, MaintenanceRun };
export type { PythonModel, VerifyReport };
