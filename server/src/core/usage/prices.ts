/** When the list prices below were last read. */
export const PRICES_READ_ON = '2026-11-22';

/** US dollars per million tokens, by provider and model, as the provider publishes them. */
const USD_PER_MILLION_TOKENS: Record<string, Record<string, number>> = {
  embedded: { '*': 0 },
  openai: {
    'text-embedding-3-small': 0.02,
    'text-embedding-3-large': 0.13,
    'text-embedding-ada-002': 0.1,
  },
};

/** The one provider that publishes a price for this model; null for none, or for several. */
export function providerOfModel(model: string): string | null {
  const providers = Object.keys(USD_PER_MILLION_TOKENS).filter(
    (provider) => USD_PER_MILLION_TOKENS[provider]?.[model] !== undefined,
  );
  return providers.length === 1 ? providers[0]! : null;
}

/** Null where the price is unknown: an endpoint of the user's own, or a model not in the table. */
export function usdPerMillionTokens(provider: string, model: string): number | null {
  const models = USD_PER_MILLION_TOKENS[provider];
  return models?.[model] ?? models?.['*'] ?? null;
}

/** US dollars for this many tokens; 0 where the price is unknown. */
export function costUsd(provider: string, model: string, tokens: number): number {
  return ((usdPerMillionTokens(provider, model) ?? 0) * tokens) / 1e6;
}
