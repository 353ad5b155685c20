import { countOrNull, valueAt } from '../remote/wire-format.ts';
import { voyage } from '../voyage.ts';
import { itemsOf } from './read-relevance.ts';
import { rerankerKind } from './reranker-kind.ts';

/** https://docs.voyageai.com/reference/reranker-api */
export const voyageReranker = rerankerKind({
  provider: voyage,
  defaultModel: 'rerank-2.5',
  bills: 'tokens',
  // Of a text that is too long the beginning says enough to place it.
  body: ({ model, query, texts }) => ({ model, query, documents: texts, truncation: true }),
  read: (body) => {
    const items = itemsOf(valueAt(body, 'data'));
    const billed = countOrNull(valueAt(body, 'usage', 'total_tokens'));
    return items === null ? null : { items, billed };
  },
});
