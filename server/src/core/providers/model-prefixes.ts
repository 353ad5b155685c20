import type { Role } from '../keys/space.ts';

interface Prefixes {
  readonly document: string;
  readonly query: string;
}

const E5: Prefixes = { document: 'passage: ', query: 'query: ' };
const REPRESENT = 'Represent this sentence for searching relevant passages: ';

/**
 * What open models want before a document and before a query, as their model cards say, by the
 * beginning of the name (without its owner). First match counts.
 */
const BY_NAME: readonly (readonly [RegExp, Prefixes])[] = [
  [
    /^nomic-embed-code/,
    { document: '', query: 'Represent this query for searching relevant code: ' },
  ],
  [/^coderankembed/, { document: '', query: 'Represent this query for searching relevant code: ' }],
  [/^nomic-embed-text/, { document: 'search_document: ', query: 'search_query: ' }],
  [/^modernbert-embed/, { document: 'search_document: ', query: 'search_query: ' }],
  [/^mxbai-embed/, { document: '', query: REPRESENT }],
  [
    /^snowflake-arctic-embed(-|:)?(xs|s|m|l|m-long|m-v1\.5)?($|[:-]?\d*m?$)/,
    { document: '', query: REPRESENT },
  ],
  [/^snowflake-arctic-embed2|^snowflake-arctic-embed-[lm]-v2/, { document: '', query: 'query: ' }],
  [/^bge-(small|base|large)-en/, { document: '', query: REPRESENT }],
  [
    /^(multilingual-)?e5-.*instruct/,
    {
      document: '',
      query:
        'Instruct: Given a search query, retrieve relevant passages that answer the query\nQuery: ',
    },
  ],
  [/^(multilingual-)?e5-/, E5],
  [
    /^embeddinggemma/,
    { document: 'title: none | text: ', query: 'task: code retrieval | query: ' },
  ],
  [
    /^qwen3-embedding/,
    {
      document: '',
      query:
        'Instruct: Given a search query, retrieve relevant code that answers the query\nQuery:',
    },
  ],
];

/** Documents and queries get different vectors from this model. */
export function hasRolePrefixes(model: string): boolean {
  return prefixesOf(model) !== null;
}

/** Empty where the model is not known to want one. */
export function rolePrefix(model: string, role: Role): string {
  return role === 'both' ? '' : (prefixesOf(model)?.[role] ?? '');
}

function prefixesOf(model: string): Prefixes | null {
  const name = model.toLowerCase().replace(/^.*\//, '');
  return BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}
