/** When the list prices below were last read. */
export const PRICES_READ_ON = '2026-11-25';

type PriceTable = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** https://openai.com/api/pricing; Azure's global deployments cost the same. */
const OPENAI = {
  'text-embedding-3-small': 0.02,
  'text-embedding-3-large': 0.13,
  'text-embedding-ada-002': 0.1,
};

/** US dollars per million tokens, or whatever else a model is billed by, by provider and model, as the provider publishes them. */
export const LIST_PRICES: PriceTable = {
  embedded: { '*': 0 },
  ollama: { '*': 0 },
  transformers: { '*': 0 },
  openai: OPENAI,
  azureOpenai: OPENAI,
  // https://cohere.com/pricing. It lists the third generation no more; this was its last price.
  cohere: {
    'embed-v4.0': 0.12,
    'embed-english-v3.0': 0.1,
    'embed-multilingual-v3.0': 0.1,
    'embed-english-light-v3.0': 0.1,
    'embed-multilingual-light-v3.0': 0.1,
    // For a million searches, of up to a hundred texts each.
    'rerank-v3.5': 2000,
  },
  // https://docs.voyageai.com/docs/pricing, without the free tokens of an account's start.
  voyage: {
    'voyage-code-3': 0.18,
    'voyage-3-large': 0.18,
    'voyage-3.5': 0.06,
    'voyage-3.5-lite': 0.02,
    'voyage-4-large': 0.12,
    'voyage-4': 0.06,
    'voyage-4-lite': 0.02,
    'rerank-2.5': 0.05,
    'rerank-2.5-lite': 0.02,
  },
  // https://ai.google.dev/gemini-api/docs/pricing, paid tier, text.
  gemini: { 'gemini-embedding-001': 0.15, 'gemini-embedding-2': 0.2 },
  // https://mistral.ai/pricing
  mistral: { 'codestral-embed': 0.15, 'codestral-embed-2505': 0.15, 'mistral-embed': 0.1 },
  // https://jina.ai/embeddings sells tokens of all models in packs; this is the smaller pack's price.
  jina: { '*': 0.05 },
};

/** Null where the price is unknown: an endpoint of the user's own, or a model not in the table. */
export type PriceOf = (provider: string, model: string) => number | null;

export const listPrice: PriceOf = (provider, model) => priceIn(LIST_PRICES, provider, model);

/** The user's own prices first, then the published ones. */
export function priceWith(own: PriceTable): PriceOf {
  return (provider, model) => priceIn(own, provider, model) ?? listPrice(provider, model);
}

/** US dollars for this many tokens; 0 where the price is unknown. */
export function costUsd(priceOf: PriceOf, provider: string, model: string, tokens: number): number {
  return ((priceOf(provider, model) ?? 0) * tokens) / 1e6;
}

function priceIn(table: PriceTable, provider: string, model: string): number | null {
  const models = Object.hasOwn(table, provider) ? table[provider]! : {};
  if (Object.hasOwn(models, model)) return models[model]!;
  return Object.hasOwn(models, '*') ? models['*']! : null;
}
