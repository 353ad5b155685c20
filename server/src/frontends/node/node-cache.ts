import path from 'node:path';
import envPaths from 'env-paths';
import { closeAll } from '../../core/close-all.ts';
import { configSchema, type Config } from '../../core/config.ts';
import { createCore, type Core, type CoreDeps } from '../../core/core.ts';
import type { Embedder } from '../../core/embed/embedder.ts';
import { OwnProvider, type OwnFunction } from '../../core/providers/own-provider.ts';
import { embedIntoMatrix } from './embed-into-matrix.ts';
import type {
  Cache,
  CacheOptions,
  CacheStats,
  CallOptions,
  EmbeddingOptions,
  Embeddings,
  Matrix,
  Vector,
} from './api.ts';
import { rowsOf } from './matrix.ts';
import { modelSettingsOf, type ModelSettings } from './model-settings.ts';

/** Texts looked up or stored in one go, after which other events are let in. */
const SLICE = 2000;

interface OpenModel {
  readonly core: Promise<Core>;
  /** As the latest call gave them. */
  apiKey: string | null;
  own: OwnFunction | null;
}

/** Files that come with the package. */
export type NodeCacheDeps = Pick<CoreDeps, 'modelFile' | 'structureWorker' | 'modelProcess'>;

export async function openNodeCache(options: CacheOptions, deps: NodeCacheDeps): Promise<Cache> {
  const cache = new NodeCache(options, deps);
  try {
    // A directory that cannot be used, and options that mean nothing, are known at once.
    await cache.stats();
    return cache;
  } catch (error) {
    await cache.close();
    throw error;
  }
}

/** One core for each model that is used; all of them on one directory. */
class NodeCache implements Cache {
  readonly directory: string;
  readonly #options: CacheOptions;
  readonly #deps: NodeCacheDeps;
  readonly #models = new Map<string, OpenModel>();
  readonly #running = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();

  constructor(options: CacheOptions, deps: NodeCacheDeps) {
    this.#deps = deps;
    const named = options.directory ?? (process.env['EMBEDDINGCACHE_DIR'] || undefined);
    this.directory =
      named === undefined ? envPaths('embeddingcache', { suffix: '' }).data : path.resolve(named);
    this.#options = options;
  }

  getEmbeddings(texts: readonly string[], options: EmbeddingOptions = {}): Promise<Embeddings> {
    return this.#run(options, (embedder, signal) =>
      embedIntoMatrix(textsOf(texts), embedder, options.onFailed ?? 'throw', signal),
    );
  }

  get(texts: readonly string[], options: CallOptions = {}): Promise<(Vector | null)[]> {
    return this.#run(options, async (embedder, signal) => {
      const all = textsOf(texts);
      const vectors: (Vector | null)[] = [];
      for (let start = 0; start < all.length; start += SLICE) {
        signal.throwIfAborted();
        vectors.push(...(await embedder.lookUpMany(all.slice(start, start + SLICE))));
      }
      return vectors;
    });
  }

  put(
    texts: readonly string[],
    vectors: readonly ArrayLike<number>[] | Matrix,
    options: CallOptions = {},
  ): Promise<void> {
    return this.#run(options, (embedder) => embedder.storeMany(textsOf(texts), rowsOf(vectors)));
  }

  async stats(): Promise<CacheStats> {
    const { directory, texts, bytes, spaces, usage } = await (await this.#core({})).stats();
    return { directory, texts, bytes, spaces, usage };
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the cache is closed'));
    await Promise.allSettled(this.#running);
    const cores = await Promise.allSettled([...this.#models.values()].map(({ core }) => core));
    this.#models.clear();
    const opened = cores.flatMap((core) => (core.status === 'fulfilled' ? [core.value] : []));
    await closeAll(opened.map((core) => () => core.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run<T>(
    options: CallOptions,
    work: (embedder: Embedder, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const signal = options.signal
      ? AbortSignal.any([options.signal, this.#closing.signal])
      : this.#closing.signal;
    const running = this.#core(options).then(async (core) => {
      signal.throwIfAborted();
      return work(await core.embedder(options.role ?? 'document', signal), signal);
    });
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  async #core(call: CallOptions): Promise<Core> {
    this.#closing.signal.throwIfAborted();
    const settings = modelSettingsOf(modelOptionsOf(call, this.#options), process.env);
    const open = this.#models.get(settings.id) ?? this.#openModel(settings);
    open.apiKey = settings.apiKey;
    open.own = settings.own;
    return open.core;
  }

  /** A program chooses its texts and its spending itself; what it sends is noted all the same. */
  #configOf(config: ModelSettings['config']): Config {
    const { storeText } = this.#options;
    const free = { scanForSecrets: false, monthlyUsd: null };
    return configSchema.parse({ cacheDir: this.directory, storeText, ...free, ...config });
  }

  #openModel({ config, own, apiKey, id }: ModelSettings): OpenModel {
    const { onWarning = defaultWarning } = this.#options;
    const latest = (first: OwnFunction): OwnFunction => ({
      ...first,
      embed: (texts, signal) => (open.own ?? first).embed(texts, signal),
    });
    const open: OpenModel = {
      apiKey,
      own,
      core: createCore(this.#configOf(config), {
        secretScanWorker: '',
        logger: { debug: ignore, info: ignore, warn: onWarning, error: onWarning },
        ...this.#deps,
        fetch: globalThis.fetch,
        // This core serves one provider at one address, which the program named.
        apiKeyOf: () => open.apiKey,
        mayContact: () => true,
        ...(own ? { ownProvider: new OwnProvider(latest(own), config.vectors) } : {}),
      }),
    };
    this.#models.set(id, open);
    open.core.catch(() => this.#models.delete(id));
    return open;
  }
}

/**
 * A call that names a model alone stays with the provider the cache was opened with, and so with its
 * address and key; one that names a provider or an address takes neither along.
 */
function modelOptionsOf(call: CallOptions, opened: CacheOptions): CallOptions {
  const named = call.provider ?? call.baseUrl;
  if (named === undefined && call.model === undefined) return { ...opened, ...call };
  const { element, normalised, provider, baseUrl, apiKey, apiVersion } = opened;
  const stays = named === undefined && typeof provider === 'string' && provider !== 'embedded';
  const kept = stays ? { provider, baseUrl, apiKey, apiVersion } : {};
  return { element, normalised, ...kept, ...call } as CallOptions;
}

function textsOf(texts: readonly string[]): readonly string[] {
  const wrong = texts.findIndex((text) => typeof text !== 'string');
  if (wrong >= 0) throw new TypeError(`text ${wrong} is no string`);
  return texts;
}

function defaultWarning(message: string): void {
  console.warn(`embeddingcache: ${message}`);
}

function ignore(): void {
  // A library says nothing that it was not asked.
}
