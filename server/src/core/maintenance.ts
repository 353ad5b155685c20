import path from 'node:path';
import { shardFilesIn } from './cache/maintenance/cache-files.ts';
import {
  collectGarbage,
  type GarbageReport as StoredGarbage,
  type GarbageRules,
  type SpaceGarbage as StoredSpaceGarbage,
} from './cache/maintenance/collect-garbage.ts';
import type { MaintenanceProgress, MaintenanceRun } from './cache/maintenance/progress.ts';
import { verifyCache, type VerifyReport } from './cache/maintenance/verify.ts';
import { dayNumberOf } from './cache/last-use.ts';
import { indexUsesIn } from './index/index-uses.ts';
import type { EmbeddingSpace } from './keys/space.ts';
import { costUsd } from './usage/prices.ts';

export interface MaintenanceDeps {
  /** Absolute path of the script that checks a file's structure, in a thread of its own. */
  readonly structureWorker: string;
}

export interface SpaceGarbage extends StoredSpaceGarbage {
  /** What making the removed ones again would cost, about; 0 where no price is known. */
  readonly costUsd: number;
}

export interface GarbageReport extends StoredGarbage {
  readonly spaces: readonly SpaceGarbage[];
}

export type GarbageRun = MaintenanceRun & GarbageRules & { readonly dryRun: boolean };

/** Looking after the cache. Each run can be cancelled; others may use the cache meanwhile. */
export interface Maintenance {
  /** Spaces that have a file, which maintenance can be about. */
  spaces(): Promise<readonly EmbeddingSpace[]>;
  /** Checks every row and every file; with `repair` removes damaged rows, never a file. */
  verify(options: MaintenanceRun & { readonly repair: boolean }): Promise<VerifyReport>;
  /** Removes what the rules name; a dry run says what that would be. */
  collectGarbage(options: GarbageRun): Promise<GarbageReport>;
}

export interface MaintenanceParts {
  /** Absolute path of the cache directory. */
  readonly directory: string;
  readonly deps: MaintenanceDeps;
  /** Called after what the cache holds changed. */
  readonly changed: () => void;
}

export function createMaintenance(parts: MaintenanceParts): Maintenance {
  return new CacheMaintenance(parts);
}

class CacheMaintenance implements Maintenance {
  readonly #directory: string;
  readonly #deps: MaintenanceDeps;
  readonly #changed: () => void;

  constructor({ directory, deps, changed }: MaintenanceParts) {
    this.#directory = directory;
    this.#deps = deps;
    this.#changed = changed;
  }

  async spaces(): Promise<readonly EmbeddingSpace[]> {
    return (await shardFilesIn(this.#directory)).map(({ space }) => space);
  }

  verify(options: MaintenanceRun & { readonly repair: boolean }): Promise<VerifyReport> {
    const { structureWorker } = this.#deps;
    return this.#run(() =>
      verifyCache({ ...options, structureWorker, directory: this.#directory }),
    );
  }

  collectGarbage(options: GarbageRun): Promise<GarbageReport> {
    const { signal } = options;
    const workspaces = path.join(this.#directory, 'workspaces');
    return this.#run(async () => {
      const report = await collectGarbage({
        ...options,
        rules: options,
        directory: this.#directory,
        today: dayNumberOf(Date.now()),
        indexUses: (space) => indexUsesIn(workspaces, space, signal),
      });
      const spaces = report.spaces.map((garbage) => {
        const { provider, model } = garbage.space;
        return { ...garbage, costUsd: costUsd(provider, model, garbage.removedTokens) };
      });
      return { ...report, spaces };
    });
  }

  async #run<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } finally {
      this.#changed();
    }
  }
}

export type { MaintenanceProgress, MaintenanceRun, VerifyReport };
