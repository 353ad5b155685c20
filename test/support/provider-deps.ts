import { tmpdir } from 'node:os';
import path from 'node:path';
import { STANDARD_FORM } from '../../server/src/core/vectors/vector-form.ts';
import type { ProviderDeps } from '../../server/src/core/providers/create-provider.ts';
import { createLimitMemory } from '../../server/src/core/providers/remote/limit-memory.ts';
import type { Clock } from '../../server/src/core/providers/remote/retry.ts';

/** The embedded model's file in this repository. */
export const MODEL_FILE = path.resolve(
  import.meta.dirname,
  '../../server/model/code-static-256.bin',
);

/** The script that checks a file's structure, as a thread runs it here. */
export const STRUCTURE_WORKER = path.resolve(
  import.meta.dirname,
  '../../server/src/core/cache/maintenance/structure-worker.ts',
);

/** Script of the thread that checks texts for secrets. */
export const SECRET_SCAN_WORKER = path.resolve(
  import.meta.dirname,
  '../../server/src/core/chunks/secret-scan-worker.ts',
);

/** Script of the process that a local model runs in. */
export const MODEL_PROCESS = path.resolve(
  import.meta.dirname,
  '../../server/src/core/providers/transformers/model-process.ts',
);

/** Dependencies of a provider that may talk to everyone, has no key and remembers nothing. */
export function providerDeps(
  changes: Partial<ProviderDeps> = {},
): ProviderDeps & { secretScanWorker: string; modelProcess: string } {
  return {
    secretScanWorker: SECRET_SCAN_WORKER,
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    modelFile: MODEL_FILE,
    form: STANDARD_FORM,
    apiKeyOf: () => null,
    mayContact: () => true,
    knownSpaces: async () => [],
    mayAskDimensions: true,
    limitMemory: createLimitMemory(),
    fetch: globalThis.fetch,
    modelProcess: MODEL_PROCESS,
    localModels: { processFile: MODEL_PROCESS, cacheDir: tmpdir(), env: {} },
    ...changes,
  };
}

/** A clock whose sleeps end at once and are recorded; time passes only by sleeping. */
export class InstantClock implements Clock {
  /** Milliseconds, in order. */
  readonly sleeps: number[] = [];
  nowMs = 0;

  monotonicMs(): number {
    return this.nowMs;
  }

  wallMs(): number {
    return this.nowMs;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.sleeps.push(ms);
    this.nowMs += ms;
  }

  random(): number {
    return 0.5;
  }
}

function ignore(): void {
  // Nobody reads the log of these tests.
}
