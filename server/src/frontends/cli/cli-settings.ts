import path from 'node:path';
import envPaths from 'env-paths';
import type { Config } from '../../core/config.ts';
import { failureOf } from '../../core/errors.ts';
import { providerConfigOf } from '../../core/providers/provider-config.ts';
import type { RemoteFacts } from '../../core/providers/provider-kind.ts';
import { PROVIDERS, providerKind } from '../../core/providers/provider-table.ts';
import { endpointOf } from '../../core/providers/remote/endpoint.ts';
import { UsageError } from './usage-error.ts';

/** Options every command takes. */
export interface GlobalOptions {
  readonly cacheDir?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly dimensions?: number;
  readonly baseUrl?: string;
  readonly deployment?: string;
  readonly apiVersion?: string;
  readonly modelFolder?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly yes?: boolean;
  /** US dollars; null: no limit. */
  readonly monthlyLimit?: number | null;
  /** US dollars. */
  readonly confirmAbove?: number;
  /** False: texts that look secret are sent, too. */
  readonly secretCheck?: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What core is opened with. */
export interface CliSettings {
  readonly config: Pick<Config, 'cacheDir' | 'provider'> &
    Partial<Pick<Config, 'monthlyUsd' | 'network' | 'scanForSecrets' | 'reranker'>>;
  /** The one origin the user named, so that text may go there in this run; null for none. */
  readonly namedOrigin: string | null;
  /** Belongs to `namedOrigin` alone. */
  readonly apiKey: string | null;
  /** Named by the user as well; absent where nothing is reranked. */
  readonly reranker?: NamedReranker;
}

export interface NamedReranker {
  /** Provider kind. */
  readonly provider: string;
  readonly origin: string;
  readonly apiKey: string | null;
}

export const PROVIDER_KINDS = PROVIDERS.map(({ kind }) => kind);

/** Flag before environment before default. Throws UsageError. */
export function settingsOf(options: GlobalOptions, env: Environment, cwd: string): CliSettings {
  const cacheDir = cacheDirOf(options, env, cwd);
  const kind = providerKindOf(options, env);
  const row = providerKind(kind);
  const { remote } = row;
  if (kind === 'transformers') {
    const provider = localModelOf(options, env, cwd);
    return { config: { cacheDir, provider }, namedOrigin: null, apiKey: null };
  }
  if (remote === null) {
    refuseFlags(
      options,
      EVERY_FLAG,
      (flag) => `${flag} needs another --provider, such as openai: the embedded one has one model.`,
    );
    const provider = providerConfigOf(kind);
    // A reranker may be asked all the same.
    const network = networkOf(env, cwd);
    const config = { cacheDir, provider, network, ...limitsOf(options, env) };
    return { config, namedOrigin: null, apiKey: null };
  }
  refuseFlags(options, ['--model-folder'], (flag) => `${flag} needs --provider transformers.`);
  const provider = providerConfigOf(kind, {
    model: options.model ?? valueOf(env, 'EMBEDDINGCACHE_MODEL'),
    dimensions: options.dimensions,
    baseUrl: options.baseUrl ?? firstOf(env, remote.addressVariables),
    deployment: options.deployment ?? valueOf(env, 'AZURE_OPENAI_DEPLOYMENT'),
    apiVersion: options.apiVersion ?? valueOf(env, 'AZURE_OPENAI_API_VERSION'),
  });
  const { address } = row.describe(provider);
  if (address === null) throw new UsageError(`${kind} needs an address: add --base-url URL.`);
  const namedOrigin = originOf(kind, address);
  const apiKey = apiKeyOf(kind, remote, namedOrigin, env);
  const config = { cacheDir, provider, network: networkOf(env, cwd), ...limitsOf(options, env) };
  return { config, namedOrigin, apiKey };
}

/** For commands that embed nothing: whatever provider is named, none is contacted. */
export function cacheOnlySettingsOf(
  options: GlobalOptions,
  env: Environment,
  cwd: string,
): CliSettings {
  const config = {
    cacheDir: cacheDirOf(options, env, cwd),
    provider: providerConfigOf('embedded'),
  };
  return { config, namedOrigin: null, apiKey: null };
}

/** As other programs read these variables; Node itself reads NODE_EXTRA_CA_CERTS. */
function networkOf(env: Environment, cwd: string): Config['network'] {
  const caFile = valueOf(env, 'EMBEDDINGCACHE_CA_FILE');
  return {
    proxy: firstOf(env, ['HTTPS_PROXY', 'https_proxy']) ?? '',
    noProxy: (firstOf(env, ['NO_PROXY', 'no_proxy']) ?? '').split(/[\s,]+/).filter(Boolean),
    caFile: caFile === undefined ? '' : path.resolve(cwd, caFile),
  };
}

/** What is not said is left to the defaults of the configuration. */
function limitsOf(
  { monthlyLimit, secretCheck }: GlobalOptions,
  env: Environment,
): Partial<Pick<Config, 'monthlyUsd' | 'scanForSecrets'>> {
  const named = valueOf(env, 'EMBEDDINGCACHE_MONTHLY_LIMIT');
  const fromEnvironment = named === undefined ? undefined : usdOrNone(named);
  if (fromEnvironment === false) {
    throw new UsageError('EMBEDDINGCACHE_MONTHLY_LIMIT must be a sum of dollars, or none.');
  }
  const monthlyUsd = monthlyLimit === undefined ? fromEnvironment : monthlyLimit;
  return {
    ...(monthlyUsd === undefined ? {} : { monthlyUsd }),
    ...(secretCheck === undefined ? {} : { scanForSecrets: secretCheck }),
  };
}

/** `2.50` or `none`, which is null; false for anything else. */
export function usdOrNone(text: string): number | null | false {
  if (text === 'none') return null;
  const usd = Number(text);
  return text.trim() !== '' && Number.isFinite(usd) && usd >= 0 ? usd : false;
}

function cacheDirOf(options: GlobalOptions, env: Environment, cwd: string): string {
  const named = options.cacheDir ?? valueOf(env, 'EMBEDDINGCACHE_DIR');
  if (named === '') throw new UsageError('--cache-dir needs a folder.');
  return named === undefined
    ? envPaths('embeddingcache', { suffix: '' }).data
    : path.resolve(cwd, named);
}

function providerKindOf(options: GlobalOptions, env: Environment): string {
  const named = options.provider ?? valueOf(env, 'EMBEDDINGCACHE_PROVIDER') ?? 'embedded';
  const kind = PROVIDER_KINDS.find((known) => known === named);
  if (kind !== undefined) return kind;
  const source = options.provider === undefined ? 'EMBEDDINGCACHE_PROVIDER' : '--provider';
  throw new UsageError(
    `${source} names no known provider: “${named}”. Choose ${PROVIDER_KINDS.join(', ')}.`,
  );
}

const FLAGS = {
  '--model': 'model',
  '--dimensions': 'dimensions',
  '--base-url': 'baseUrl',
  '--deployment': 'deployment',
  '--api-version': 'apiVersion',
  '--model-folder': 'modelFolder',
} as const satisfies Record<string, keyof GlobalOptions>;
type Flag = keyof typeof FLAGS;
const EVERY_FLAG = Object.keys(FLAGS) as Flag[];

/** A flag that would be ignored is a mistake; a variable may be there for other runs. */
function refuseFlags(
  options: GlobalOptions,
  flags: readonly Flag[],
  words: (flag: Flag) => string,
): void {
  const given = flags.find((flag) => options[FLAGS[flag]] !== undefined);
  if (given !== undefined) throw new UsageError(words(given));
}

/** A flag goes before the environment, and so a folder before the model that a variable names. */
function localModelOf(options: GlobalOptions, env: Environment, cwd: string) {
  refuseFlags(
    options,
    ['--base-url', '--deployment', '--api-version'],
    (flag) => `${flag} means nothing to a model on this computer.`,
  );
  const { model, modelFolder, dimensions } = options;
  if (model !== undefined && modelFolder !== undefined) {
    throw new UsageError('Name the model by --model or by --model-folder, not by both.');
  }
  const named = modelFolder === undefined ? (model ?? valueOf(env, 'EMBEDDINGCACHE_MODEL')) : '';
  const folder =
    modelFolder ?? (named === undefined ? valueOf(env, 'EMBEDDINGCACHE_MODEL_FOLDER') : undefined);
  if (named === undefined && folder === undefined) {
    throw new UsageError('transformers needs --model NAME or --model-folder FOLDER.');
  }
  return providerConfigOf('transformers', {
    model: named,
    dimensions,
    modelFolder: folder === undefined ? '' : path.resolve(cwd, folder),
  });
}

/**
 * A key goes only where it belongs. `--provider openai` says that the address is OpenAI's or a
 * proxy of it, and so for each provider; for an OpenAI-compatible endpoint OPENAI_API_KEY counts only
 * when OPENAI_BASE_URL names it too.
 */
function apiKeyOf(
  kind: string,
  { keyVariables }: RemoteFacts,
  origin: string,
  env: Environment,
): string | null {
  const own = firstOf(env, keyVariables) ?? null;
  if (kind !== 'openaiCompatible' || own !== null) return own;
  const paired = valueOf(env, 'OPENAI_BASE_URL');
  if (paired === undefined || URL.parse(paired)?.origin !== origin) return null;
  return valueOf(env, 'OPENAI_API_KEY') ?? null;
}

/** Every variable that may hold a key, for whoever keeps keys out of what is printed. */
export const KEY_VARIABLES = PROVIDERS.flatMap(({ remote }) => remote?.keyVariables ?? []);

export function originOf(kind: string, address: string): string {
  try {
    return endpointOf(kind, address).origin;
  } catch (error) {
    throw new UsageError(failureOf(error).message);
  }
}

export function firstOf(env: Environment, names: readonly string[]): string | undefined {
  return names.map((name) => valueOf(env, name)).find((value) => value !== undefined);
}

/** An empty variable counts as none. */
function valueOf(env: Environment, name: string): string | undefined {
  return env[name] === '' ? undefined : env[name];
}
