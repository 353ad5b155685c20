import { jina } from '../jina.ts';
import { countOrNull, valueAt } from '../remote/wire-format.ts';
import { itemsOf } from './read-relevance.ts';
import { rerankerKind } from './reranker-kind.ts';

/** https://api.jina.ai/redoc#tag/rerank */
export const jinaReranker = rerankerKind({
  provider: jina,
  defaultModel: 'jina-reranker-v3',
  bills: 'tokens',
  body: ({ model, query, texts }) => ({ model, query, documents: texts, return_documents: false }),
  read: (body) => {
    const items = itemsOf(valueAt(body, 'results'));
    const billed = countOrNull(valueAt(body, 'usage', 'total_tokens'));
    return items === null ? null : { items, billed };
  },
});
