import type { RerankerConfig } from '../../core/providers/rerank/reranker.ts';
import { RERANKERS, rerankerNamed } from '../../core/providers/rerank/reranker-table.ts';
import { providerKind } from '../../core/providers/provider-table.ts';
import { firstOf, originOf, type CliSettings, type Environment } from './cli-settings.ts';
import { UsageError } from './usage-error.ts';

export interface RerankerFlags {
  readonly reranker?: string;
  readonly rerankerModel?: string;
  readonly rerankerUrl?: string;
}

export const RERANKER_KINDS = RERANKERS.map(({ kind }) => kind);

/** The settings with the reranker that the flags name, which allows this run to send hits there. */
export function withReranker(
  settings: CliSettings,
  { reranker: kind, rerankerModel: model = '', rerankerUrl: baseUrl = '' }: RerankerFlags,
  env: Environment,
): CliSettings {
  const row = rerankerNamed(kind ?? 'none');
  if (kind === undefined || row === null) {
    if (model === '' && baseUrl === '') return settings;
    throw new UsageError(`Name a --reranker, too: ${RERANKER_KINDS.join(', ')}.`);
  }
  const reranker: RerankerConfig = { kind, model, baseUrl };
  const origin = originOf(kind, row.addressOf(reranker));
  const apiKey = firstOf(env, providerKind(kind).remote?.keyVariables ?? []) ?? null;
  return {
    ...settings,
    config: { ...settings.config, reranker },
    reranker: { provider: kind, origin, apiKey },
  };
}
