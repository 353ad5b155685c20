import type { BatchLimits } from '../provider.ts';

/** What is published about a model. */
export interface ModelFacts {
  readonly name: string;
  /** As the provider names this exact version; absent where `name` does already. */
  readonly version?: string;
  /** Length of its vectors where none is asked for; null: asked of the endpoint once. */
  readonly dimensions: number | null;
  /** Other lengths it gives when asked: these, or any up to its own. */
  readonly otherDimensions: readonly number[] | 'shorter' | 'any' | 'none';
  /** Null where the endpoint alone knows. */
  readonly maxTokensPerText: number | null;
  readonly limits: BatchLimits;
}
