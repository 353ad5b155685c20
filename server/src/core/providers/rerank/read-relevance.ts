import { Failure } from '../../errors.ts';
import { countOrNull, valueAt } from '../remote/wire-format.ts';

export interface RerankItem {
  /** Which of the texts it is about, as the answer says. */
  readonly index: unknown;
  readonly relevance: unknown;
}

/** What an answer says, before any of it is trusted. */
export interface RerankWireAnswer {
  readonly items: readonly RerankItem[];
  /** Null where the endpoint does not report it. */
  readonly billed: number | null;
}

/** The items of a list with `index` and `relevance_score`; null where it is no list. */
export function itemsOf(list: unknown): RerankItem[] | null {
  if (!Array.isArray(list)) return null;
  return list.map((item: unknown) => ({
    index: valueAt(item, 'index'),
    relevance: valueAt(item, 'relevance_score'),
  }));
}

/**
 * Checks the answer about `count` texts and puts it in their order. Throws Failure `badAnswer` unless
 * each text has exactly one finite number.
 */
export function readRelevance(
  answer: RerankWireAnswer | null,
  count: number,
): { readonly relevance: number[]; readonly billed: number | null } {
  if (answer === null) throw new Failure('badAnswer', 'The answer is not a list of relevances.');
  const placed = new Map<number, number>();
  for (const { index, relevance } of answer.items) {
    const place = countOrNull(index);
    if (place !== null && typeof relevance === 'number' && Number.isFinite(relevance)) {
      placed.set(place, relevance);
    }
  }
  const relevance = Array.from({ length: count }, (_, i) => placed.get(i));
  if (answer.items.length !== count || !relevance.every((each) => each !== undefined)) {
    throw new Failure(
      'badAnswer',
      `The answer does not hold one relevance for each of ${count} texts.`,
    );
  }
  return { relevance, billed: answer.billed };
}
