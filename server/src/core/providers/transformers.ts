import { availableParallelism } from 'node:os';
import { Failure } from '../errors.ts';
import type { EmbeddingSpace, Role } from '../keys/space.ts';
import { HALVES_RULE } from './long-texts.ts';
import { hasRolePrefixes, rolePrefix } from './model-prefixes.ts';
import type { ProviderConfig } from './provider-config.ts';
import type { ProviderDeps } from './provider-deps.ts';
import type { ProviderKind } from './provider-kind.ts';
import type { ProviderPair } from './provider.ts';
import { KIND, readLocalModel, type LocalModel } from './transformers/local-model.ts';
import { LocalProvider } from './transformers/local-provider.ts';
import { digestOf } from './transformers/model-digest.ts';
import { ModelHost } from './transformers/model-host.ts';
import { modelFolderOf, modelNameOf } from './transformers/model-place.ts';
import { runtimeOf } from './transformers/runtime.ts';

/** Sentence-transformers on this computer, run by a package that is installed on request. */
export const transformers: ProviderKind = {
  kind: KIND,
  name: 'Local model',
  remote: null,
  describe: (config) => ({
    name: KIND,
    model: modelNameOf(config),
    address: null,
    host: null,
    local: true,
  }),
  open: openLocalModel,
};

export interface LocalPair extends ProviderPair {
  readonly document: LocalProvider;
  readonly query: LocalProvider;
  close(): Promise<void>;
}

/** As `ProviderKind.open`. */
export async function openLocalModel(
  config: ProviderConfig,
  { localModels, form, logger }: Pick<ProviderDeps, 'localModels' | 'form' | 'logger'>,
  signal: AbortSignal,
): Promise<LocalPair> {
  const model = await readLocalModel(await modelFolderOf(config, localModels.env));
  const name = modelNameOf(config);
  const digest = await digestOf(model, signal);
  const requestedDimensions = shorterOrNull(config.dimensions, model, name);
  const spaceOf = (role: Role): EmbeddingSpace => ({
    provider: KIND,
    origin: null,
    model: `${name}@${digest}`,
    dimensions: requestedDimensions ?? model.dimensions,
    requestedDimensions,
    role,
    prefix: promptOf(model, name, role),
    ...form,
    longTexts: `${HALVES_RULE} ${model.maxTokens}`,
  });
  const host = new ModelHost({
    script: localModels.processFile,
    setup: async () => ({
      runtime: runtimeOf(localModels.cacheDir, localModels.processFile),
      model,
      digest,
      threads: Math.max(1, Math.floor(availableParallelism() / 2)),
    }),
  });
  const providerOf = (role: Role) =>
    new LocalProvider({ space: spaceOf(role), name, host, logger });
  const close = () => host.close();
  const hasRoles = model.prompts
    ? model.prompts.document !== model.prompts.query
    : hasRolePrefixes(name);
  if (hasRoles) return { document: providerOf('document'), query: providerOf('query'), close };
  const both = providerOf('both');
  return { document: both, query: both, close };
}

/** What the model's own files say goes first, then what its card says. */
function promptOf({ prompts }: LocalModel, name: string, role: Role): string {
  if (!prompts) return rolePrefix(name, role);
  return role === 'query' ? prompts.query : prompts.document;
}

/** Null where the model's own length is wanted, also where it was named. */
function shorterOrNull(
  wanted: number | null,
  { dimensions }: LocalModel,
  name: string,
): number | null {
  if (wanted === null || wanted === dimensions) return null;
  if (wanted < dimensions) return wanted;
  throw new Failure(
    'badSettings',
    `${name} gives at most ${dimensions} dimensions, not ${wanted}.`,
    {
      provider: KIND,
    },
  );
}
