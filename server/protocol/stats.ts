import type { ErrorKind } from './errors.ts';

/** The one live truth: every surface draws from this. */
export interface Stats {
  /** Absolute path of the cache directory. */
  readonly directory: string;
  /** Texts in `hashstring.db`. */
  readonly texts: number;
  /** Bytes of all cache files on disk. */
  readonly bytes: number;
  readonly spaces: readonly SpaceStats[];
  /** All time. */
  readonly usage: Usage;
  readonly today: Usage;
  readonly month: Usage;
  readonly provider: ProviderFacts;
  readonly workspace: WorkspaceState;
}

export interface SpaceStats {
  /** The same for the same space, on any machine. */
  readonly id: string;
  readonly provider: string;
  readonly model: string;
  readonly dimensions: number;
  readonly type: 'float32' | 'float64' | 'float16';
  readonly embeddings: number;
  readonly bytes: number;
}

export interface Usage {
  readonly hits: number;
  readonly misses: number;
  readonly requests: number;
  readonly tokens: number;
  readonly costUsd: number;
  /** What the hits would have cost; an estimate. */
  readonly savedUsd: number;
}

export interface ProviderFacts {
  readonly name: string;
  readonly model: string;
  /** Absent until the provider has answered once. */
  readonly dimensions?: number;
  /** Host texts are sent to; absent for a model inside this product. */
  readonly host?: string;
  /** No text leaves this computer. */
  readonly local: boolean;
}

/** What the open workspace has now. Counts are over all its folders. */
export type WorkspaceState =
  | { readonly kind: 'noWorkspace' }
  | { readonly kind: 'notIndexed' }
  | ({ readonly kind: 'ready' } & WorkspaceCounts)
  | ({
      readonly kind: 'indexing';
      /** Files. */
      readonly done: number;
      readonly total: number;
      /** Null while it cannot be told. */
      readonly secondsLeft: number | null;
    } & WorkspaceCounts)
  | ({ readonly kind: 'paused'; readonly done: number; readonly total: number } & WorkspaceCounts)
  | ({ readonly kind: 'failed'; readonly error: ErrorKind } & WorkspaceCounts);

export interface WorkspaceCounts {
  /** Indexed ones. */
  readonly files: number;
  readonly chunks: number;
  /** Files found but not indexed. */
  readonly skipped: number;
  /** The same by reason; only reasons that occur. */
  readonly skippedByReason: Readonly<Partial<Record<SkipReason, number>>>;
  /** Chunks that are not sent because they look secret. */
  readonly looksSecret: number;
}

/** Why a file that was found is not indexed. */
export type SkipReason =
  'ignored' | 'tooLarge' | 'generated' | 'binary' | 'secretName' | 'unreadable';
