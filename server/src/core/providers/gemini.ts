import type { Role } from '../keys/space.ts';
import { remoteKind, targetWith, type ModelFacts } from './remote/remote-kind.ts';
import { countOrNull, itemsInOrder, valueAt, type WireFormat } from './remote/wire-format.ts';

/** https://ai.google.dev/api/embeddings#method:-models.batchembedcontents */
const wire: WireFormat = {
  path: (model) => `/models/${encodeURIComponent(model)}:batchEmbedContents`,
  keyHeaders: (key) => ({ 'x-goog-api-key': key }),
  body: ({ model, texts, ask, role }) => ({
    requests: texts.map((text) => ({
      model: `models/${model}`,
      content: { parts: [{ text }] },
      ...(readsTask(model) ? {} : { taskType: taskOf(role) }),
      ...(ask === null ? {} : { outputDimensionality: ask }),
    })),
  }),
  read: (body) => {
    const embeddings = valueAt(body, 'embeddings');
    if (!Array.isArray(embeddings)) return null;
    return {
      items: itemsInOrder(embeddings.map((embedding) => valueAt(embedding, 'values'))),
      tokens: countOrNull(valueAt(body, 'usageMetadata', 'promptTokenCount')),
      model: null,
    };
  },
};

const limits = { maxItems: 100, maxTokens: 100_000 };

/** https://ai.google.dev/gemini-api/docs/embeddings */
const models: readonly ModelFacts[] = [
  {
    name: 'gemini-embedding-001',
    dimensions: 3072,
    otherDimensions: 'shorter',
    maxTokensPerText: 2048,
    limits,
  },
  {
    name: 'gemini-embedding-2',
    dimensions: 3072,
    otherDimensions: 'shorter',
    maxTokensPerText: 8192,
    limits,
  },
];

export const gemini = remoteKind({
  kind: 'gemini',
  name: 'Google Gemini',
  ownAddress: 'https://generativelanguage.googleapis.com/v1beta',
  keyNeeded: true,
  keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  addressVariables: [],
  models,
  otherModel: { dimensions: null, otherDimensions: 'any', maxTokensPerText: 2048, limits },
  concurrency: 4,
  wire,
  hasRoles: () => true,
  prefixOf: (model, role) => (readsTask(model) ? TASK_PREFIXES[role] : ''),
  target: targetWith(models[0]!.name),
});

function taskOf(role: Role): string {
  return role === 'query' ? 'CODE_RETRIEVAL_QUERY' : 'RETRIEVAL_DOCUMENT';
}

/** From the second generation on the task stands in the text, and `taskType` is ignored. */
function readsTask(model: string): boolean {
  return /^gemini-embedding-[2-9]/.test(model);
}

const TASK_PREFIXES: Readonly<Record<Role, string>> = {
  document: 'title: none | text: ',
  query: 'task: code retrieval | query: ',
  both: '',
};
