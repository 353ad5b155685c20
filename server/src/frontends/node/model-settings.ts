import path from 'node:path';
import { providerConfigSchema, type Config, type ProviderConfig } from '../../core/config.ts';
import type { OwnFunction } from '../../core/providers/own-provider.ts';
import { PROVIDERS } from '../../core/providers/provider-table.ts';
import { ELEMENT_TYPES } from '../../core/vectors/element.ts';
import { STANDARD_FORM, type VectorForm } from '../../core/vectors/vector-form.ts';
import type { CustomProvider, ModelOptions } from './api.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the core of one model is opened with. */
export interface ModelSettings {
  readonly config: Pick<Config, 'vectors'> & { readonly provider?: ProviderConfig };
  readonly own: OwnFunction | null;
  readonly apiKey: string | null;
  /** The same for settings that one core can serve: everything but the key and the function. */
  readonly id: string;
}

const OWN_BATCH_SIZE = 256;

/** Options that are about a provider with an address. */
const PROVIDER_OPTIONS = [
  'model',
  'dimensions',
  'baseUrl',
  'deployment',
  'apiVersion',
  'modelFolder',
  'apiKey',
] as const satisfies readonly (keyof ModelOptions)[];

/** Throws TypeError for options that name what is not there, or that would be ignored. */
export function modelSettingsOf(options: ModelOptions, env: Environment): ModelSettings {
  const vectors = formOf(options);
  const provider = options.provider ?? providerNamedBy(options);
  if (typeof provider !== 'string') {
    refuseBeside('a provider of your own', options);
    const own = ownFunctionOf(provider);
    const { name, model, dimensions } = own;
    return {
      config: { vectors },
      own,
      apiKey: null,
      id: JSON.stringify([vectors, 'own', name, model, dimensions]),
    };
  }
  const config = providerConfigOf(provider, options);
  return {
    config: { vectors, provider: config },
    own: null,
    apiKey: options.apiKey ?? keyIn(env, provider),
    id: JSON.stringify([vectors, config]),
  };
}

/** From the variables that are meant for this provider, and for no other endpoint. */
function keyIn(env: Environment, kind: string): string | null {
  const names = PROVIDERS.find((row) => row.kind === kind)?.remote?.keyVariables ?? [];
  return names.map((name) => env[name]).find((key) => key !== undefined && key !== '') ?? null;
}

function formOf({ element, normalised }: ModelOptions): VectorForm {
  if (element !== undefined && !ELEMENT_TYPES.includes(element)) {
    throw new TypeError(`element is one of ${ELEMENT_TYPES.join(', ')}`);
  }
  return {
    element: element ?? STANDARD_FORM.element,
    normalised: normalised ?? STANDARD_FORM.normalised,
  };
}

function providerNamedBy({ model, baseUrl }: ModelOptions): string {
  if (model === undefined && baseUrl === undefined) return 'embedded';
  const provider = model === undefined ? null : publisherOf(model);
  if (provider !== null) return provider;
  throw new TypeError(`name the provider of ${model ?? 'this address'}: provider: 'openai', say`);
}

/** The one provider that serves a model of this name at its own address. */
function publisherOf(model: string): string | null {
  const publishers = PROVIDERS.filter(
    ({ remote }) => remote !== null && remote.ownAddress !== null && remote.models.includes(model),
  );
  return publishers.length === 1 ? publishers[0]!.kind : null;
}

function providerConfigOf(kind: string, options: ModelOptions): ProviderConfig {
  if (kind === 'embedded') {
    refuseBeside('the embedded provider', options);
  }
  const { model, dimensions, baseUrl, deployment, apiVersion } = options;
  // A program's working directory is its own choice.
  const modelFolder = options.modelFolder && path.resolve(options.modelFolder);
  const config = { kind, model, dimensions, baseUrl, deployment, apiVersion, modelFolder };
  const parsed = providerConfigSchema.safeParse(config);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues[0]?.path.join('.');
  if (wrong === 'kind') throw new TypeError(`there is no provider “${kind}”`);
  throw new TypeError(`${wrong ?? 'an option'} is not what it should be`);
}

/** An option that would be ignored is a mistake. */
function refuseBeside(provider: string, options: ModelOptions): void {
  const given = PROVIDER_OPTIONS.find((name) => options[name] !== undefined);
  if (given !== undefined) throw new TypeError(`${given} means nothing to ${provider}`);
}

function ownFunctionOf(provider: CustomProvider): OwnFunction {
  const { name, model, dimensions, batchSize } = provider;
  const texts = { name, model };
  for (const [field, value] of Object.entries(texts)) {
    if (typeof value !== 'string' || value === '')
      throw new TypeError(`provider.${field} is empty`);
  }
  const counts = { dimensions, batchSize: batchSize ?? OWN_BATCH_SIZE };
  for (const [field, value] of Object.entries(counts)) {
    if (!Number.isInteger(value) || value < 1) {
      throw new TypeError(`provider.${field} is a whole number from 1`);
    }
  }
  // Called on the object it came with: it may be a method.
  return { ...texts, ...counts, embed: (some, signal) => provider.embed(some, signal) };
}
