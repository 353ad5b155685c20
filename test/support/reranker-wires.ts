import type { SeenRequest, ServerItem, ServerWire } from './provider-server.ts';
import { cohereServerWire, jinaServerWire, voyageServerWire } from './server-wires.ts';

/** How each reranker is tested: by the server that speaks its format. */
export interface RerankerUnderTest {
  readonly kind: string;
  readonly wire: ServerWire;
  readonly model: string;
}

/** https://docs.cohere.com/reference/rerank, version 2 */
const cohere: ServerWire = {
  ...cohereServerWire,
  readRequest: (path, body) => (path === '/v2/rerank' ? rerankRequest(body) : null),
  answer: (seen, items) => ({
    id: '07734bd2-2473-4f07-94e1-0d9f0e6843cf',
    results: resultsOf(seen, items),
    meta: {
      api_version: { version: '2', is_experimental: false },
      billed_units: { search_units: 1 },
    },
  }),
};

/** https://docs.voyageai.com/reference/reranker-api */
const voyage: ServerWire = {
  ...voyageServerWire,
  readRequest: (path, body) => (path === '/v1/rerank' ? rerankRequest(body) : null),
  answer: (seen, items, model, tokens) => ({
    object: 'list',
    data: resultsOf(seen, items),
    model,
    usage: { total_tokens: tokens },
  }),
};

/** https://api.jina.ai/redoc#tag/rerank */
const jina: ServerWire = {
  ...jinaServerWire,
  readRequest: (path, body) => (path === '/v1/rerank' ? rerankRequest(body) : null),
  answer: (seen, items, model, tokens) => ({
    model,
    object: 'list',
    usage: { total_tokens: tokens },
    results: resultsOf(seen, items),
  }),
};

export const RERANKERS_UNDER_TEST: readonly RerankerUnderTest[] = [
  { kind: 'cohere', wire: cohere, model: 'rerank-v3.5' },
  { kind: 'voyage', wire: voyage, model: 'rerank-2.5' },
  { kind: 'jina', wire: jina, model: 'jina-reranker-v3' },
];

/** What these servers say: the share of the text's words that the query has, too. */
export function relevanceOf(query: string, text: string): number {
  const asked = new Set(wordsOf(query));
  const words = wordsOf(text);
  return words.filter((word) => asked.has(word)).length / Math.max(1, words.length);
}

function rerankRequest(body: Record<string, unknown>) {
  return {
    model: String(body['model']),
    dimensions: null,
    encoding: null,
    texts: body['documents'] as string[],
  };
}

/** Best first, as each of them answers; what a script put in place of a vector is the relevance. */
function resultsOf({ body, texts }: SeenRequest, items: readonly ServerItem[]) {
  const query = String(body['query']);
  return items
    .map(({ index, embedding }) => ({
      index,
      relevance_score: Array.isArray(embedding)
        ? relevanceOf(query, texts[index] ?? '')
        : embedding,
    }))
    .sort((a, b) => Number(b.relevance_score) - Number(a.relevance_score));
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z]+/g) ?? [];
}
