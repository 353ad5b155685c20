import type { TextHash } from '../keys/text-hash.ts';
import type { Shortened } from '../providers/provider.ts';
import type { Vector } from '../vectors/vector.ts';
import type { Withheld } from './send-gate.ts';

/** What became of one text. */
export type EmbedOutcome =
  | {
      readonly kind: 'hit' | 'miss';
      readonly hash: TextHash;
      readonly vector: Vector;
      /** What was done to a text longer than the model takes; known of a miss only. */
      readonly shortened?: Shortened;
    }
  | { readonly kind: 'failed'; readonly hash: TextHash; readonly reason: string }
  /** Not sent, and not in the cache. */
  | (Withheld & { readonly hash: TextHash });
