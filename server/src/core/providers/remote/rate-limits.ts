/** What an answer's headers say is left of a limit. */
export interface RateLimit {
  /** How much may be used at once when nothing was used for a while. */
  readonly limit: number;
  readonly remaining: number;
  /** Until it is whole again. */
  readonly resetMs: number;
}

/**
 * OpenAI's `x-ratelimit-…-requests` and `…-tokens`, which Azure, vLLM gateways and others send too,
 * and the plain `x-ratelimit-limit`, `-remaining`, `-reset`. Null where one is missing or is no
 * number.
 */
export function rateLimitIn(headers: Headers, what: 'requests' | 'tokens'): RateLimit | null {
  const named = limitNamed(headers, `-${what}`);
  return named ?? (what === 'requests' ? limitNamed(headers, '') : null);
}

function limitNamed(headers: Headers, ending: string): RateLimit | null {
  const limit = countIn(headers.get(`x-ratelimit-limit${ending}`));
  const remaining = countIn(headers.get(`x-ratelimit-remaining${ending}`));
  const resetMs = durationMs(headers.get(`x-ratelimit-reset${ending}`));
  if (limit === null || limit === 0 || remaining === null || resetMs === null) return null;
  return { limit, remaining: Math.min(remaining, limit), resetMs };
}

function countIn(header: string | null): number | null {
  return header !== null && /^\d{1,15}$/.test(header.trim()) ? Number(header) : null;
}

const LONGEST_RESET_MS = 3_600_000;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `1s`, `6m0s`, `120ms`, or plain seconds. */
function durationMs(header: string | null): number | null {
  const text = header?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Number(text) * 1000, LONGEST_RESET_MS);
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return null;
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    sum += Number(amount) * UNIT_MS[unit!]!;
  }
  return Math.min(sum, LONGEST_RESET_MS);
}
