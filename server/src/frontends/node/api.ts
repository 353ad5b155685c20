// Types of the package `embeddingcache`. They take none from elsewhere, so that its declaration files
// stand alone.

/** How one number is kept. Halves come as float32 numbers, which hold each of them exactly. */
export type ElementType = 'float32' | 'float64' | 'float16';

/** The numbers of a vector: float64 for a float64 model, else float32. */
export type Vector = Float32Array | Float64Array;

/** Turns texts into vectors: a function of your own in place of a built-in provider. */
export interface CustomProvider {
  /** Who makes the vectors. Vectors of another name, model or length are kept apart. */
  readonly name: string;
  /** Model with its exact version: change it when the same text would get another vector. */
  readonly model: string;
  /** Length of every vector. */
  readonly dimensions: number;
  /** Most texts in one call. Default 256. */
  readonly batchSize?: number;
  /**
   * One vector per text, in the order given; null for a text that has none. Each text is given once,
   * and only if it is not in the cache. Whatever it throws ends the call that needed it; what it
   * answered before is kept.
   */
  embed(
    texts: readonly string[],
    signal: AbortSignal,
  ): Promise<ArrayLike<ArrayLike<number> | null>> | ArrayLike<ArrayLike<number> | null>;
}

/** Which model's vectors. Without any of these: the built-in model, offline and free. */
export interface ModelOptions {
  /**
   * A provider's name as in the command's `--provider` (`embedded`, `openai`, `transformers`, …), or one of your
   * own. Naming a remote one is consent to send it the texts that are not in the cache. Left out, a
   * `model` of a known provider names it.
   */
  readonly provider?: string | CustomProvider;
  /** Model name; the provider's default where it has one. */
  readonly model?: string;
  /** Shorter vectors, where the model offers them. */
  readonly dimensions?: number;
  /** Address of an endpoint of your own, e.g. `http://127.0.0.1:1234/v1`. */
  readonly baseUrl?: string;
  /** Azure OpenAI's name of the model's deployment. */
  readonly deployment?: string;
  /** Azure OpenAI's version of its interface. */
  readonly apiVersion?: string;
  /** Folder of a local transformer model, in place of `model`. */
  readonly modelFolder?: string;
  /** Default: the provider's usual environment variable. It is stored nowhere. */
  readonly apiKey?: string;
  /** How numbers are kept. Default `float32`; each element type has vectors of its own. */
  readonly element?: ElementType;
  /** Scaled to unit length. Default true; false keeps the provider's length, apart from the others. */
  readonly normalised?: boolean;
}

/** Options of `openCache`: where the cache is, and the model of calls that name none. */
export interface CacheOptions extends ModelOptions {
  /** Default: `EMBEDDINGCACHE_DIR`, else the platform's data folder. Made where it is absent. */
  readonly directory?: string;
  /** False: texts are not kept, only their hashes and vectors. Default true. */
  readonly storeText?: boolean;
  /** Told what the cache goes on without, e.g. when the disk is full. Default: `console.warn`. */
  readonly onWarning?: (message: string) => void;
}

/** Options of a call; what is left out is as `openCache` was told. */
export interface CallOptions extends ModelOptions {
  /** `query` for what is searched with, where a model tells it from documents. Default `document`. */
  readonly role?: 'document' | 'query';
  /** Ends the call early. What was embedded until then is kept. */
  readonly signal?: AbortSignal;
}

/** Options of {@link Cache.getEmbeddings}. */
export interface EmbeddingOptions extends CallOptions {
  /**
   * What becomes of a text that has no vector (empty, too long, refused): `throw` an
   * {@link EmbeddingError} once all others are in the cache, or a row of `nan`. Default `throw`.
   */
  readonly onFailed?: 'throw' | 'nan';
}

/** A text that has no vector. */
export interface FailedText {
  /** Its place among the texts given. */
  readonly index: number;
  readonly reason: string;
}

/** Vectors as the rows of one array. */
export interface Matrix {
  /** All numbers, row after row. */
  readonly data: Vector;
  /** Rows and columns. */
  readonly shape: readonly [rows: number, columns: number];
  readonly element: ElementType;
  /** One row, sharing the memory of `data`. */
  row(index: number): Vector;
}

/** What {@link Cache.getEmbeddings} gives. */
export interface Embeddings extends Matrix {
  /** With its exact version, where the provider tells it. */
  readonly model: string;
  /** Texts that cost nothing, those given twice included. */
  readonly hits: number;
  /** Texts that the provider was asked for. */
  readonly misses: number;
  /** Rows of NaN, with `onFailed: 'nan'`. */
  readonly failed: readonly FailedText[];
}

/** Figures of {@link Cache.stats}, the same as `embeddingcache stats --json`. */
export interface CacheStats {
  readonly directory: string;
  /** Texts kept. */
  readonly texts: number;
  /** Of all files. */
  readonly bytes: number;
  readonly spaces: readonly {
    readonly provider: string;
    readonly model: string;
    readonly dimensions: number;
    readonly type: ElementType;
    readonly embeddings: number;
    readonly bytes: number;
  }[];
  /** Of all time. */
  readonly usage: {
    readonly hits: number;
    readonly misses: number;
    readonly requests: number;
    readonly tokens: number;
    readonly costUsd: number;
    readonly savedUsd: number;
  };
}

/** An open cache. Close it, or declare it with `await using`. */
export interface Cache {
  /** Absolute path. */
  readonly directory: string;
  /**
   * One row per text, in the order given. Only texts never seen with this model are sent, each once
   * however often it is given, and each answer is stored before the next request goes out.
   *
   * @throws {@link EmbeddingError} for texts without a vector; what the provider throws.
   */
  getEmbeddings(texts: readonly string[], options?: EmbeddingOptions): Promise<Embeddings>;
  /** What is in the cache for each text, in the order given; null where nothing is. Sends nothing. */
  get(texts: readonly string[], options?: CallOptions): Promise<(Vector | null)[]>;
  /**
   * Keeps vectors that were made elsewhere: one per text, as numbers of any array type or as a
   * matrix. A vector that is there already is replaced.
   *
   * @throws TypeError where a vector has another length than the model's, or is not finite, or all
   * zeros. Nothing is stored then.
   */
  put(
    texts: readonly string[],
    vectors: readonly ArrayLike<number>[] | Matrix,
    options?: CallOptions,
  ): Promise<void>;
  /** What the cache holds and what it saved, over all models and programs. */
  stats(): Promise<CacheStats>;
  /** Waits for what is being written. */
  close(): Promise<void>;
  /** Closes it, at the end of a block that declared it with `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Some texts have no vector. All the others are in the cache: asking again costs only these. */
export class EmbeddingError extends Error {
  readonly failed: readonly FailedText[];

  constructor(failed: readonly FailedText[]) {
    const [first] = failed;
    const more = failed.length > 1 ? ` and ${failed.length - 1} more` : '';
    super(`text ${first?.index ?? 0} has no vector: ${first?.reason ?? ''}${more}`);
    this.name = 'EmbeddingError';
    this.failed = failed;
  }
}
