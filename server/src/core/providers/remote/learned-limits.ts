import type { BatchLimits } from '../provider.ts';
import type { Learned } from './limit-memory.ts';
import type { RefusalHint, RequestSize } from './refusal-hint.ts';

const SMALL_REQUEST_BYTES = 2048;

/** Limits as they are known, made smaller by what was learned. */
export function batchLimitsOf(limits: BatchLimits, learned: Learned): BatchLimits {
  const maxBytes = Math.min(limits.maxBytes ?? Infinity, learned.maxBytes ?? Infinity);
  return {
    maxItems: Math.min(limits.maxItems, learned.maxItems ?? Infinity),
    maxTokens: Math.min(limits.maxTokens, learned.maxTokens ?? Infinity),
    ...(maxBytes === Infinity ? {} : { maxBytes }),
  };
}

/**
 * What a refusal that names a limit of whole requests teaches; null where it names none. Without a
 * number half of what was refused is tried next.
 */
export function lessonOf(hint: RefusalHint | null, size: RequestSize): Learned | null {
  switch (hint?.kind) {
    case 'tooManyItems':
      return { maxItems: hint.most ?? half(size.items) };
    case 'tooManyTokens':
      // Where our count says it was less, our count is too low: by how much is not known.
      return { maxTokens: Math.min(hint.most ?? Infinity, Math.floor(size.tokens * 0.75)) };
    case 'tooManyBytes':
      // Who finds even this too large means something else.
      return size.bytes < SMALL_REQUEST_BYTES ? null : { maxBytes: half(size.bytes) };
    case 'textTooLong':
    case undefined:
      return null;
  }
}

function half(size: number): number {
  return Math.max(1, Math.floor(size / 2));
}
