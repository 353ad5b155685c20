import type { EmbeddingSpace } from '../keys/space.ts';
import type { Logger } from '../logger.ts';
import type { VectorForm } from '../vectors/vector-form.ts';
import type { LimitMemory } from './remote/limit-memory.ts';

/** What providers need from whoever creates them. */
export interface ProviderDeps {
  readonly logger: Logger;
  /** Absolute path of the embedded model's file. */
  readonly modelFile: string;
  /** How vectors are to be kept: part of every space, and every vector goes through `inForm`. */
  readonly form: VectorForm;
  /** Null when none is stored for this provider and origin. Asked before each request. */
  apiKeyOf(provider: string, origin: string): string | null;
  /** Whether the user agreed to send text to this origin; loopback is never asked about. */
  mayContact(origin: string): boolean;
  /** Spaces that already have a shard: where an unknown model's dimensions are remembered. */
  knownSpaces(): Promise<readonly EmbeddingSpace[]>;
  /** False: an unknown model's dimensions are not asked for; opening it fails instead. */
  readonly mayAskDimensions: boolean;
  /** What endpoints showed about themselves in earlier runs. */
  readonly limitMemory: LimitMemory;
  readonly fetch: typeof globalThis.fetch;
  readonly localModels: LocalModelDeps;
}

/** What models in a process of this computer need. */
export interface LocalModelDeps {
  /** Absolute path of the script of `transformers/model-process.ts`. */
  readonly processFile: string;
  /** Absolute path: the package that runs them may be installed there. */
  readonly cacheDir: string;
  /** Where Hugging Face's folders are said to be. */
  readonly env: Readonly<Record<string, string | undefined>>;
}
