import type { MaintenanceRun } from './cache/maintenance/progress.ts';
import { verifyCache, type VerifyReport } from './cache/maintenance/verify.ts';

export interface MaintenanceDeps {
  /** Absolute path of the script that checks a file's structure, in a thread of its own. */
  readonly structureWorker: string;
}

/** Looking after the cache. Each run can be cancelled; others may use the cache meanwhile. */
export interface Maintenance {
  /** Checks every row and every file; with `repair` removes damaged rows, never a file. */
  verify(options: MaintenanceRun & { readonly repair: boolean }): Promise<VerifyReport>;
}

export interface MaintenanceParts {
  /** Absolute path of the cache directory. */
  readonly directory: string;
  readonly deps: MaintenanceDeps;
  /** Called after what the cache holds changed. */
  readonly changed: () => void;
}

export function createMaintenance({ directory, deps, changed }: MaintenanceParts): Maintenance {
  async function run<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } finally {
      changed();
    }
  }
  return {
    verify: (options) => run(() => verifyCache({ ...options, ...deps, directory })),
  };
}
