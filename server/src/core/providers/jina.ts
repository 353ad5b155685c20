import type { Role } from '../keys/space.ts';
import { readOpenAiAnswer } from './openai-wire.ts';
import { remoteKind, targetWith, type ModelFacts } from './remote/remote-kind.ts';
import { bearer, encodingFor, type WireFormat } from './remote/wire-format.ts';

/** https://api.jina.ai/redoc#tag/embeddings */
const wire: WireFormat = {
  path: () => '/embeddings',
  keyHeaders: bearer,
  body: ({ model, texts, ask, role, form }) => ({
    model,
    input: texts,
    embedding_type: encodingFor(form),
    // What does not fit is to be refused, never cut off silently.
    truncate: false,
    ...(hasTasks(model) ? { task: taskOf(model, role) } : {}),
    // Each text is by itself: its vector must not depend on what it was sent together with.
    ...(/-v3/.test(model) ? { late_chunking: false } : {}),
    ...(ask === null ? {} : { dimensions: ask }),
  }),
  read: readOpenAiAnswer,
};

const shared = { maxTokensPerText: 8192, limits: { maxItems: 512, maxTokens: 200_000 } };

/** https://jina.ai/models */
const models: readonly ModelFacts[] = [
  {
    name: 'jina-code-embeddings-1.5b',
    dimensions: 1536,
    otherDimensions: [128, 256, 512, 1024],
    ...shared,
  },
  {
    name: 'jina-code-embeddings-0.5b',
    dimensions: 896,
    otherDimensions: [64, 128, 256, 512],
    ...shared,
  },
  { name: 'jina-embeddings-v4', dimensions: 2048, otherDimensions: 'shorter', ...shared },
  { name: 'jina-embeddings-v3', dimensions: 1024, otherDimensions: 'shorter', ...shared },
  { name: 'jina-embeddings-v2-base-code', dimensions: 768, otherDimensions: 'none', ...shared },
];

export const jina = remoteKind({
  kind: 'jina',
  name: 'Jina AI',
  ownAddress: 'https://api.jina.ai/v1',
  keyNeeded: true,
  keyVariables: ['JINA_API_KEY'],
  addressVariables: [],
  models,
  otherModel: { dimensions: null, otherDimensions: 'any', ...shared },
  concurrency: 4,
  wire,
  hasRoles: hasTasks,
  target: targetWith(models[0]!.name),
});

/** The second generation treats documents and queries alike. */
function hasTasks(model: string): boolean {
  return !/-v[12]-/.test(model);
}

function taskOf(model: string, role: Role): string {
  const side = role === 'query' ? 'query' : 'passage';
  return model.startsWith('jina-code-') ? `nl2code.${side}` : `retrieval.${side}`;
}
