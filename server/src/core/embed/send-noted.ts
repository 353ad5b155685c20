import { failureOf, type FailureKind } from '../errors.ts';
import type { Sending, SendLog } from '../usage/send-log.ts';

export interface NotedSending<T> {
  readonly log: SendLog;
  readonly sending: Sending;
  /** Nothing goes out when this much of the month is spent; null: no limit. */
  readonly limitUsd: number | null;
  /** US dollars for what was answered; null where the price is unknown. */
  readonly costOf: (answer: T) => number | null;
}

/** With these the request was never made. */
const NOTHING_LEFT: readonly FailureKind[] = [
  'noApiKey',
  'consentNeeded',
  'badSettings',
  'tls',
  'proxy',
];
/** With these the provider did not do the work, so it does not bill it. */
const NOT_BILLED: readonly FailureKind[] = [
  'apiKeyRefused',
  'notFound',
  'rateLimited',
  'quotaExceeded',
  'refused',
  'unreachable',
];

/** Sends, with a note in the log from before it goes out. Null, and nothing sent, above the limit. */
export async function sendNoted<T extends { readonly tokens: number; readonly requests: number }>(
  { log, sending, limitUsd, costOf }: NotedSending<T>,
  send: () => Promise<T>,
): Promise<T | null> {
  const id = await log.begin(sending, limitUsd);
  if (id === null) return null;
  try {
    const answer = await send();
    // Some texts are refused without a request: too long, empty.
    if (answer.requests === 0) await log.drop(id);
    else await log.settle(id, { tokens: answer.tokens, costUsd: costOf(answer) });
    return answer;
  } catch (error) {
    const { kind } = failureOf(error);
    if (NOTHING_LEFT.includes(kind)) await log.drop(id);
    else if (NOT_BILLED.includes(kind)) await log.settle(id, { tokens: 0, costUsd: 0 });
    // Anything else may be billed: the estimate stays.
    throw error;
  }
}
