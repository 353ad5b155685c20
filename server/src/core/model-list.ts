import { countPresent } from './cache/presence.ts';
import type { StoredSpace } from './cache/embedding-cache.ts';
import type { TextHash } from './keys/text-hash.ts';
import { ollamaModels } from './providers/ollama-models.ts';
import type { LocalModelDeps } from './providers/provider-deps.ts';
import { PROVIDERS } from './providers/provider-table.ts';
import { downloadedModels } from './providers/transformers/downloaded-models.ts';
import { findRuntime } from './providers/transformers/runtime.ts';
import type { PriceOf } from './usage/prices.ts';

/** A model that can be chosen. */
export interface OfferedModel {
  readonly provider: string;
  /** Empty for the one model of a provider that has no names for them. */
  readonly model: string;
  /** Null until the model has answered once. */
  readonly dimensions: number | null;
  readonly usdPerMillionTokens: number | null;
  /** Share of these chunks cached in the model's space; null without chunks. */
  readonly cachedShare: number | null;
}

export interface ModelList {
  readonly models: readonly OfferedModel[];
  /** Null where it was not asked. */
  readonly ollamaRuns: boolean | null;
  /** What runs local models is installed. */
  readonly runtimeInstalled: boolean;
}

export interface ModelListParts {
  /** A sample of the chunks to be searched. */
  readonly hashes: readonly TextHash[];
  readonly stored: readonly StoredSpace[];
  /** Null: Ollama is not looked for. */
  readonly ollamaBaseUrl: string | null;
  readonly localModels: LocalModelDeps;
  readonly fetch: typeof globalThis.fetch;
  readonly priceOf: PriceOf;
}

/** Of these only what is on this computer is offered. */
const DETECTED = ['ollama', 'transformers'];

/** Every model there is to choose now: published ones, those on this computer, and those used before. */
export async function listModels(parts: ModelListParts, signal: AbortSignal): Promise<ModelList> {
  const { stored, ollamaBaseUrl, localModels, fetch } = parts;
  const ollama = ollamaBaseUrl === null ? null : await ollamaModels(ollamaBaseUrl, fetch, signal);
  const local = await downloadedModels(localModels.env);
  const published = PROVIDERS.filter(({ kind }) => !DETECTED.includes(kind)).flatMap((provider) =>
    (provider.remote?.models ?? ['']).map((model) => ({ provider: provider.kind, model })),
  );
  const detected = (ollama ?? []).map((model) => ({ provider: 'ollama', model }));
  const used = stored
    .filter(({ space }) => space.provider === 'openaiCompatible')
    .map(({ space }) => ({ provider: space.provider, model: space.model }));
  const named = new Map<string, NamedModel>(
    [...published, ...detected, ...local, ...used].map((each: NamedModel) => [nameOf(each), each]),
  );
  const models: OfferedModel[] = [];
  for (const each of named.values()) {
    signal.throwIfAborted();
    models.push(await factsOf(each, parts));
  }
  return {
    models,
    ollamaRuns: ollamaBaseUrl === null ? null : ollama !== null,
    runtimeInstalled: findRuntime(localModels.cacheDir, localModels.processFile) !== null,
  };
}

interface NamedModel {
  readonly provider: string;
  readonly model: string;
  readonly dimensions?: number;
}

async function factsOf(
  { provider, model, dimensions }: NamedModel,
  { hashes, stored, priceOf }: ModelListParts,
): Promise<OfferedModel> {
  const spaces = stored.filter(({ space }) => isOf(space, provider, model));
  const row = PROVIDERS.find(({ kind }) => kind === provider);
  const known = row?.remote?.dimensionsOf(model) ?? null;
  return {
    provider,
    model,
    dimensions: dimensions ?? known ?? spaces[0]?.space.dimensions ?? null,
    usdPerMillionTokens: priceOf(provider, model),
    cachedShare: hashes.length === 0 ? null : await bestShare(spaces, hashes),
  };
}

/** A model may have been used with several lengths, each a space of its own: the fullest counts. */
async function bestShare(spaces: readonly StoredSpace[], hashes: readonly TextHash[]) {
  let best = 0;
  for (const { file } of spaces) best = Math.max(best, await countPresent(file, hashes));
  return best / hashes.length;
}

/** A space's model carries its version: `nomic-embed-text:latest@0a109f422b47`. */
function isOf(space: StoredSpace['space'], provider: string, model: string): boolean {
  if (space.provider !== provider || space.role === 'query') return false;
  return model === '' || space.model === model || space.model.startsWith(`${model}@`);
}

function nameOf({ provider, model }: NamedModel): string {
  return `${provider} ${model}`;
}
