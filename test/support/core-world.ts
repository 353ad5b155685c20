import { rmSync } from 'node:fs';
import path from 'node:path';
import { configSchema } from '../../server/src/core/config.ts';
import { createCore, type Core, type CoreDeps } from '../../server/src/core/core.ts';
import type { IndexReport } from '../../server/src/core/index/index-report.ts';
import type { OpenAiServer } from './openai-server.ts';
import { providerDeps, STRUCTURE_WORKER } from './provider-deps.ts';

export interface CoreWorldOptions {
  readonly cacheDir: string;
  /** Absent: the embedded model. */
  readonly server?: OpenAiServer;
  readonly openCache?: CoreDeps['openCache'];
}

/** Opens core as a new process would, for one task, on a cache directory that stays. */
export class CoreWorld {
  readonly #options: CoreWorldOptions;

  constructor(options: CoreWorldOptions) {
    this.#options = options;
  }

  async use<T>(
    task: (core: Core) => Promise<T>,
    model = 'test-model',
    dimensions: number | null = 64,
  ): Promise<T> {
    const { cacheDir, server, openCache } = this.#options;
    const provider = server
      ? { kind: 'openaiCompatible', model, dimensions, baseUrl: server.baseUrl }
      : { kind: 'embedded' };
    const core = await createCore(configSchema.parse({ cacheDir, provider }), {
      ...providerDeps(),
      structureWorker: STRUCTURE_WORKER,
      ...(openCache ? { openCache } : {}),
    });
    try {
      return await task(core);
    } finally {
      await core.close();
    }
  }

  index(folder: string, model?: string): Promise<IndexReport> {
    const { signal } = new AbortController();
    return this.use((core) => core.index(folder, { signal }), model);
  }

  /** The indexes can be thrown away: only the cache stands between a text and its price. */
  throwIndexesAway(): void {
    rmSync(path.join(this.#options.cacheDir, 'workspaces'), { recursive: true, force: true });
  }
}
