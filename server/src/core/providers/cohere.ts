import { remoteKind, targetWith, type ModelFacts } from './remote/remote-kind.ts';
import {
  bearer,
  countOrNull,
  itemsInOrder,
  valueAt,
  type WireFormat,
} from './remote/wire-format.ts';

/** https://docs.cohere.com/reference/embed */
const wire: WireFormat = {
  path: () => '/embed',
  keyHeaders: bearer,
  body: ({ model, texts, ask, role }) => ({
    model,
    texts,
    input_type: role === 'query' ? 'search_query' : 'search_document',
    embedding_types: ['float'],
    // What does not fit is to be refused, never cut off silently.
    truncate: 'NONE',
    ...(ask === null ? {} : { output_dimension: ask }),
  }),
  read: (body) => {
    const embeddings = valueAt(body, 'embeddings', 'float');
    if (!Array.isArray(embeddings)) return null;
    const tokens = countOrNull(valueAt(body, 'meta', 'billed_units', 'input_tokens'));
    return { items: itemsInOrder(embeddings), tokens, model: null };
  },
};

const limits = { maxItems: 96, maxTokens: 128_000 };
const v3 = { otherDimensions: 'none', maxTokensPerText: 512, limits } as const;
const v4: Omit<ModelFacts, 'name'> = {
  dimensions: 1536,
  otherDimensions: [256, 512, 1024],
  maxTokensPerText: 128_000,
  limits,
};

/** https://docs.cohere.com/docs/cohere-embed */
const models: readonly ModelFacts[] = [
  { name: 'embed-v4.0', ...v4 },
  { name: 'embed-english-v3.0', dimensions: 1024, ...v3 },
  { name: 'embed-multilingual-v3.0', dimensions: 1024, ...v3 },
  { name: 'embed-english-light-v3.0', dimensions: 384, ...v3 },
  { name: 'embed-multilingual-light-v3.0', dimensions: 384, ...v3 },
];

export const cohere = remoteKind({
  kind: 'cohere',
  name: 'Cohere',
  ownAddress: 'https://api.cohere.com/v2',
  keyNeeded: true,
  keyVariables: ['CO_API_KEY', 'COHERE_API_KEY'],
  addressVariables: [],
  models,
  otherModel: { ...v4, dimensions: null, otherDimensions: 'any' },
  concurrency: 4,
  wire,
  hasRoles: () => true,
  target: targetWith(models[0]!.name),
});
