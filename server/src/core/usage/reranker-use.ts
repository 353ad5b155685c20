const PREFIX = 'reranker';

/** What the ledger counts a reranker's requests under, in place of a space. */
export function rerankerUseOf(provider: string, model: string): string {
  return [PREFIX, provider, model].join(' ');
}

/** Whose use that is; null for a space. */
export function rerankerOfUse(name: string): { provider: string; model: string } | null {
  const [prefix, provider, ...model] = name.split(' ');
  return prefix === PREFIX && provider !== undefined ? { provider, model: model.join(' ') } : null;
}
