import { cohere } from '../cohere.ts';
import { countOrNull, valueAt } from '../remote/wire-format.ts';
import { itemsOf } from './read-relevance.ts';
import { rerankerKind } from './reranker-kind.ts';

/** https://docs.cohere.com/reference/rerank, version 2 */
export const cohereReranker = rerankerKind({
  provider: cohere,
  defaultModel: 'rerank-v3.5',
  bills: 'searches',
  body: ({ model, query, texts }) => ({ model, query, documents: texts }),
  read: (body) => {
    const items = itemsOf(valueAt(body, 'results'));
    const billed = countOrNull(valueAt(body, 'meta', 'billed_units', 'search_units'));
    return items === null ? null : { items, billed };
  },
});
