import type { SecretScanner } from '../../chunks/secret-scanner.ts';
import { sendNoted } from '../../embed/send-noted.ts';
import { Failure } from '../../errors.ts';
import { isSecretPath } from '../../files/secret-names.ts';
import type { Reranker } from '../../providers/rerank/reranker.ts';
import type { Ledger } from '../../usage/ledger.ts';
import type { PriceOf } from '../../usage/prices.ts';
import { rerankerUseOf } from '../../usage/reranker-use.ts';
import type { SendLog, SentFile } from '../../usage/send-log.ts';
import { NO_USAGE } from '../../usage/usage.ts';

/** A hit's text on its way to a reranker. */
export interface RerankText {
  readonly folder: string;
  readonly path: string;
  readonly text: string;
}

/** What stands between hits and a reranker: the check for secrets, the month's limit, the log. */
export interface RerankGate {
  /**
   * How well each text answers the query; null for one that was withheld. Throws Failure:
   * `looksSecret` for the query itself, `overBudget`, or what the reranker throws.
   */
  relevanceOf(
    query: string,
    texts: readonly RerankText[],
    signal: AbortSignal,
  ): Promise<readonly (number | null)[]>;
}

export interface RerankGateParts {
  readonly reranker: Reranker;
  /** Null where the user wants no check. */
  readonly scanner: SecretScanner | null;
  /** Null: no limit. */
  readonly monthlyUsd: number | null;
  readonly priceOf: PriceOf;
  /** Opened when the first text is sent. */
  readonly sendLog: () => Promise<SendLog>;
  readonly ledger: Pick<Ledger, 'record'>;
  /** After this long the hits are shown as they are, whatever the endpoint is busy with. */
  readonly longestMs?: number;
}

const LONGEST_MS = 10_000;

export function createRerankGate(parts: RerankGateParts): RerankGate {
  return {
    async relevanceOf(query, texts, signal) {
      const withheld = await withheldAmong(query, texts, parts.scanner, signal);
      const open = texts.filter((_, i) => !withheld[i]);
      const relevance = (await send(query, open, parts, signal)).values();
      return withheld.map((isWithheld) => (isWithheld ? null : relevance.next().value!));
    },
  };
}

/** By name, by content, or because there is nothing in it. */
async function withheldAmong(
  query: string,
  texts: readonly RerankText[],
  scanner: SecretScanner | null,
  signal: AbortSignal,
): Promise<boolean[]> {
  const all = [query, ...texts.map(({ text }) => text)];
  const [ofQuery = [], ...findings] = (await scanner?.scan(all, signal)) ?? [];
  if (ofQuery.length > 0) {
    throw new Failure('looksSecret', 'The query looks like it holds a secret, so it was not sent.');
  }
  return texts.map(
    ({ path, text }, i) =>
      text.trim() === '' || isSecretPath(path) || (findings[i] ?? []).length > 0,
  );
}

async function send(
  query: string,
  texts: readonly RerankText[],
  parts: RerankGateParts,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const { reranker, monthlyUsd, priceOf, ledger, longestMs = LONGEST_MS } = parts;
  if (texts.length < 2) return texts.map(() => 0);
  const { provider, model, host } = reranker;
  const price = priceOf(provider, model);
  const costOf = ({ billed }: { billed: number }) =>
    price === null ? null : (price * billed) / 1e6;
  const bodies = texts.map(({ text }) => text);
  const estimate = reranker.estimate(query, bodies);
  const sending = {
    ...{ host, provider, model, kind: 'rerank' as const, texts: texts.length },
    tokens: estimate.tokens,
    costUsd: costOf(estimate),
    files: filesOf(texts),
  };
  const late = AbortSignal.timeout(longestMs);
  const either = AbortSignal.any([signal, late]);
  try {
    const answer = await sendNoted(
      {
        log: await parts.sendLog(),
        sending,
        // What cannot be counted cannot be limited.
        limitUsd: price === null ? null : monthlyUsd,
        costOf,
      },
      () => reranker.rerank(query, bodies, either),
    );
    if (answer === null) throw overBudget(monthlyUsd);
    const { tokens, requests } = answer;
    const costUsd = costOf(answer) ?? 0;
    ledger.record(rerankerUseOf(provider, model), { ...NO_USAGE, tokens, requests, costUsd });
    return answer.relevance;
  } catch (error) {
    signal.throwIfAborted();
    if (!late.aborted || error instanceof Failure) throw error;
    throw new Failure('unreachable', `${host} did not answer in time.`, { provider, host });
  }
}

function filesOf(texts: readonly RerankText[]): SentFile[] {
  const byFile = Map.groupBy(texts, ({ folder, path }) => `${folder}\n${path}`);
  return [...byFile.values()].map((of) => {
    const { folder, path } = of[0]!;
    return { folder, path, texts: of.length };
  });
}

function overBudget(monthlyUsd: number | null): Failure {
  const limit = monthlyUsd === null ? {} : { limitUsd: monthlyUsd };
  return new Failure('overBudget', 'The limit for this month is reached.', limit);
}
