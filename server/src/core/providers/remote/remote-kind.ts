import { Failure } from '../../errors.ts';
import type { EmbeddingSpace, Role } from '../../keys/space.ts';
import type { ProviderConfig } from '../provider-config.ts';
import type { ProviderDeps } from '../provider-deps.ts';
import type { ProviderDescription, ProviderKind } from '../provider-kind.ts';
import type { ProviderPair } from '../provider.ts';
import { estimateTokens } from '../token-estimate.ts';
import { dimensionsToAsk, rememberedDimensions } from './dimensions.ts';
import { endpointOf, isLoopback, type Endpoint } from './endpoint.ts';
import { exchangeJson, type Exchange } from './http-exchange.ts';
import { HALVES_RULE } from '../long-texts.ts';
import type { ModelFacts } from './model-facts.ts';
import { ModelNote } from './model-note.ts';
import { RemoteClient } from './remote-client.ts';
import { RemoteProvider } from './remote-provider.ts';
import { standardTiming, type Timing } from './timing.ts';
import type { WireFormat } from './wire-format.ts';

export type { ModelFacts };

/** Where requests go, out of the settings. */
export interface Target {
  readonly baseUrl: string;
  readonly model: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** All that tells one provider over HTTP from another. */
export interface RemoteSpec {
  readonly kind: string;
  readonly name: string;
  readonly ownAddress: string | null;
  readonly keyNeeded: boolean;
  readonly keyVariables: readonly string[];
  readonly addressVariables: readonly string[];
  /** Models with published facts, the default one first. */
  readonly models: readonly ModelFacts[];
  /** What is assumed of a model that is not among them. */
  readonly otherModel: Omit<ModelFacts, 'name'>;
  /** Requests at once. */
  readonly concurrency: number;
  readonly wire: WireFormat;
  readonly exchange?: Exchange;
  /** Whether the model makes different vectors of documents and of queries. */
  readonly hasRoles: (model: string) => boolean;
  /** What is put before each text. */
  readonly prefixOf?: (model: string, role: Role) => string;
  /** An address as users write it, made whole. */
  readonly readAddress?: (written: string) => string;
  /** Throws Failure `badSettings` where something is missing. */
  readonly target: (config: ProviderConfig, address: string) => Target;
  /** Asks the endpoint about a model that it alone knows. */
  readonly inspect?: (
    facts: ModelFacts,
    client: RemoteClient,
    signal: AbortSignal,
  ) => Promise<ModelFacts>;
  /** Loads the model's tokenizer, where it is known. */
  readonly loadTokenizer?: (model: string) => Promise<(text: string) => number>;
}

export interface RemoteKind extends ProviderKind {
  open(
    config: ProviderConfig,
    deps: ProviderDeps,
    signal: AbortSignal,
    timing?: Timing,
  ): Promise<ProviderPair>;
}

/** The table's row of a provider over HTTP. */
export function remoteKind(spec: RemoteSpec): RemoteKind {
  const { kind, name, ownAddress, keyNeeded, keyVariables, addressVariables } = spec;
  return {
    kind,
    name,
    remote: {
      ownAddress,
      keyNeeded,
      keyVariables,
      addressVariables,
      models: spec.models.map((model) => model.name),
      dimensionsOf: (model) => spec.models.find((each) => each.name === model)?.dimensions ?? null,
    },
    describe: (config) => describe(spec, config),
    open: (config, deps, signal, timing = standardTiming) =>
      open(spec, config, deps, signal, timing),
  };
}

function describe(spec: RemoteSpec, config: ProviderConfig): ProviderDescription {
  const model = config.model.trim() || config.deployment.trim() || (spec.models[0]?.name ?? '');
  const address = addressOf(spec, config);
  // An address that is none is refused when the provider is opened, with what to do about it.
  const url = URL.parse(address ?? '');
  const local = url !== null && isLoopback(url.hostname);
  return { name: spec.kind, model, address, host: url?.host ?? null, local };
}

async function open(
  spec: RemoteSpec,
  config: ProviderConfig,
  deps: ProviderDeps,
  signal: AbortSignal,
  timing: Timing,
): Promise<ProviderPair> {
  const address = addressOf(spec, config);
  if (address === null) {
    throw new Failure('badSettings', `Set the address of ${spec.name}.`, { provider: spec.kind });
  }
  const target = spec.target(config, address);
  const endpoint = endpointOf(spec.kind, target.baseUrl);
  const client = clientOf(spec, endpoint, target, deps, timing);
  const published = spec.models.find(({ name }) => name === target.model);
  const named = published ?? { name: target.model, ...spec.otherModel };
  const facts = spec.inspect ? await spec.inspect(named, client, signal) : named;
  const ask = dimensionsToAsk(spec.kind, facts, config.dimensions);
  const countTokens = (await spec.loadTokenizer?.(facts.name)) ?? estimateTokens;
  const memoryName = `${spec.kind} ${endpoint.baseUrl} ${target.model}`;
  const learned = await deps.limitMemory.of(memoryName);
  const now = () => timing.clock.wallMs();
  const modelNote = new ModelNote({
    provider: spec.kind,
    host: endpoint.host,
    model: target.model,
    memory: deps.limitMemory,
    memoryName,
    learned,
    now,
    logger: deps.logger,
  });
  const spaceOf = (role: Role): Omit<EmbeddingSpace, 'dimensions'> => ({
    provider: spec.kind,
    // With its path: two paths of one host may lead to two servers.
    origin: endpoint.baseUrl === spec.ownAddress ? null : endpoint.baseUrl,
    model: facts.version ?? facts.name,
    requestedDimensions: ask,
    role,
    prefix: spec.prefixOf?.(facts.name, role) ?? '',
    ...deps.form,
    longTexts: `${HALVES_RULE} ${facts.maxTokensPerText ?? 'as refused'}`,
  });
  const documentRole = spec.hasRoles(facts.name) ? 'document' : 'both';
  const dimensions =
    ask ??
    facts.dimensions ??
    rememberedDimensions(spaceOf(documentRole), await deps.knownSpaces()) ??
    (await askDimensions(spec, target.model, client, deps, signal));
  const providerOf = (role: Role) =>
    new RemoteProvider({
      space: { ...spaceOf(role), dimensions },
      model: target.model,
      host: endpoint.host,
      limits: facts.limits,
      concurrency: spec.concurrency,
      maxTokensPerText: facts.maxTokensPerText,
      countTokens,
      client,
      memory: deps.limitMemory,
      memoryName,
      learned,
      now,
      modelNote,
      logger: deps.logger,
    });
  const document = providerOf(documentRole);
  return { document, query: documentRole === 'both' ? document : providerOf('query') };
}

function clientOf(
  spec: RemoteSpec,
  endpoint: Endpoint,
  target: Target,
  deps: ProviderDeps,
  timing: Timing,
): RemoteClient {
  const isOwn = spec.ownAddress !== null && endpoint.origin === new URL(spec.ownAddress).origin;
  return new RemoteClient({
    provider: spec.kind,
    name: isOwn && !endpoint.loopback ? spec.name : endpoint.host,
    endpoint,
    query: target.query ?? {},
    keyNeeded: spec.keyNeeded,
    concurrency: spec.concurrency,
    wire: spec.wire,
    exchange: spec.exchange ?? exchangeJson,
    timing,
    deps,
  });
}

async function askDimensions(
  spec: RemoteSpec,
  model: string,
  client: RemoteClient,
  { mayAskDimensions, form }: ProviderDeps,
  signal: AbortSignal,
): Promise<number> {
  if (!mayAskDimensions) {
    throw new Failure(
      'badSettings',
      `Nothing was sent: how many dimensions ${model} has is unknown until it is used once. Say how many.`,
      { provider: spec.kind },
    );
  }
  const role = spec.hasRoles(model) ? 'document' : 'both';
  const request = { model, texts: ['dimensions'], ask: null, expect: null, role, form } as const;
  const size = { items: 1, tokens: 1, bytes: 10 };
  const { outcomes } = await client.embed(request, size, () => undefined, signal);
  const outcome = outcomes[0]!;
  if (outcome.kind === 'vector') return outcome.vector.length;
  throw new Failure('badAnswer', outcome.reason, { provider: spec.kind });
}

function addressOf(
  { ownAddress, readAddress = (written) => written }: RemoteSpec,
  { baseUrl }: ProviderConfig,
): string | null {
  const written = baseUrl.trim();
  return written === '' ? ownAddress : readAddress(written);
}

/** The usual target: the address itself, and the named model. */
export function targetWith(defaultModel: string): RemoteSpec['target'] {
  return ({ model }, address) => ({ baseUrl: address, model: model.trim() || defaultModel });
}
