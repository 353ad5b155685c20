import { readOpenAiAnswer } from './openai-wire.ts';
import { remoteKind, targetWith, type ModelFacts } from './remote/remote-kind.ts';
import { bearer, encodingFor, type WireFormat } from './remote/wire-format.ts';

/** https://docs.voyageai.com/reference/embeddings-api */
const wire: WireFormat = {
  path: () => '/embeddings',
  keyHeaders: bearer,
  body: ({ model, texts, ask, role, form }) => ({
    model,
    input: texts,
    input_type: role,
    // What does not fit is to be refused, never cut off silently.
    truncation: false,
    output_dtype: 'float',
    // Voyage's own default, numbers, is not one of the values it takes.
    ...(encodingFor(form) === 'base64' ? { encoding_format: 'base64' } : {}),
    ...(ask === null ? {} : { output_dimension: ask }),
  }),
  read: readOpenAiAnswer,
};

const matryoshka = {
  dimensions: 1024,
  otherDimensions: [256, 512, 2048],
  maxTokensPerText: 32_000,
} as const;
const batchOf = (maxTokens: number) => ({ maxItems: 1000, maxTokens });

/** https://docs.voyageai.com/docs/embeddings */
const models: readonly ModelFacts[] = [
  { name: 'voyage-code-3', ...matryoshka, limits: batchOf(120_000) },
  { name: 'voyage-3-large', ...matryoshka, limits: batchOf(120_000) },
  { name: 'voyage-3.5', ...matryoshka, limits: batchOf(320_000) },
  { name: 'voyage-3.5-lite', ...matryoshka, limits: batchOf(1_000_000) },
];

export const voyage = remoteKind({
  kind: 'voyage',
  name: 'Voyage AI',
  ownAddress: 'https://api.voyageai.com/v1',
  keyNeeded: true,
  keyVariables: ['VOYAGE_API_KEY'],
  addressVariables: [],
  models,
  otherModel: {
    dimensions: null,
    otherDimensions: 'any',
    maxTokensPerText: 32_000,
    limits: batchOf(120_000),
  },
  concurrency: 4,
  wire,
  hasRoles: () => true,
  target: targetWith(models[0]!.name),
});
