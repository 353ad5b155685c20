import type { BatchLimits } from '../provider.ts';
import type { Learned } from './limit-memory.ts';
import type { RequestSize } from './refusal-hint.ts';
import type { TextsRefused } from './refused-texts.ts';

/** Limits as they are known, made smaller by what was learned. */
export function batchLimitsOf(limits: BatchLimits, learned: Learned): BatchLimits {
  const maxBytes = Math.min(limits.maxBytes ?? Infinity, learned.maxBytes ?? Infinity);
  return {
    maxItems: Math.min(limits.maxItems, learned.maxItems ?? Infinity),
    maxTokens: Math.min(limits.maxTokens, learned.maxTokens ?? Infinity),
    ...(maxBytes === Infinity ? {} : { maxBytes }),
  };
}

/** What became of a batch that was refused and then sent in halves. */
export interface Lesson {
  /** The largest request that was answered. */
  accepted: RequestSize | null;
  /** Why the first one was refused. */
  refused: TextsRefused | null;
}

/**
 * The limit a batch ran into, where each of its texts was fine by itself: it was its size. Without
 * a word about which limit it was, the number of texts is taken for it.
 */
export function lessonOf({ accepted, refused }: Lesson): Learned {
  if (refused?.kind !== 'refused' || accepted === null) return {};
  switch (refused.hint?.kind) {
    case 'tooManyBytes':
      return { maxBytes: accepted.bytes };
    case 'tooManyTokens':
      return { maxTokens: accepted.tokens };
    case 'textTooLong':
      return {};
    case 'tooManyItems':
    case undefined:
      return { maxItems: accepted.items };
  }
}
