import path from 'node:path';
import envPaths from 'env-paths';
import type { Config, ProviderConfig } from '../../core/config.ts';
import { failureOf } from '../../core/errors.ts';
import { endpointOf, OPENAI_BASE_URL } from '../../core/providers/endpoint.ts';
import { UsageError } from './usage-error.ts';

/** Options every command takes. */
export interface GlobalOptions {
  readonly cacheDir?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly dimensions?: number;
  readonly baseUrl?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly yes?: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What core is opened with. */
export interface CliSettings {
  readonly config: Pick<Config, 'cacheDir' | 'provider'>;
  /** The one origin the user named, so that text may go there in this run; null for none. */
  readonly namedOrigin: string | null;
  /** Belongs to `namedOrigin` alone. */
  readonly apiKey: string | null;
}

export const PROVIDER_KINDS = [
  'embedded',
  'openai',
  'openaiCompatible',
] as const satisfies readonly ProviderConfig['kind'][];

/** Flag before environment before default. Throws UsageError. */
export function settingsOf(options: GlobalOptions, env: Environment, cwd: string): CliSettings {
  const cacheDir = cacheDirOf(options, env, cwd);
  const kind = providerKindOf(options, env);
  if (kind === 'embedded') {
    refuseForEmbedded(options);
    return { config: { cacheDir, provider: { kind } }, namedOrigin: null, apiKey: null };
  }
  const baseUrl = options.baseUrl ?? valueOf(env, 'OPENAI_BASE_URL') ?? '';
  if (kind === 'openaiCompatible' && baseUrl === '') {
    throw new UsageError('openaiCompatible needs an address: add --base-url URL.');
  }
  const namedOrigin = originOf(kind, baseUrl === '' ? OPENAI_BASE_URL : baseUrl);
  const provider: ProviderConfig = {
    kind,
    model: options.model ?? valueOf(env, 'EMBEDDINGCACHE_MODEL') ?? '',
    dimensions: options.dimensions ?? null,
    baseUrl,
  };
  return { config: { cacheDir, provider }, namedOrigin, apiKey: apiKeyOf(kind, namedOrigin, env) };
}

/** For commands that embed nothing: whatever provider is named, none is contacted. */
export function cacheOnlySettingsOf(
  options: GlobalOptions,
  env: Environment,
  cwd: string,
): CliSettings {
  const config = {
    cacheDir: cacheDirOf(options, env, cwd),
    provider: { kind: 'embedded' },
  } as const;
  return { config, namedOrigin: null, apiKey: null };
}

function cacheDirOf(options: GlobalOptions, env: Environment, cwd: string): string {
  const named = options.cacheDir ?? valueOf(env, 'EMBEDDINGCACHE_DIR');
  if (named === '') throw new UsageError('--cache-dir needs a folder.');
  return named === undefined
    ? envPaths('embeddingcache', { suffix: '' }).data
    : path.resolve(cwd, named);
}

function providerKindOf(options: GlobalOptions, env: Environment): ProviderConfig['kind'] {
  const named = options.provider ?? valueOf(env, 'EMBEDDINGCACHE_PROVIDER') ?? 'embedded';
  const kind = PROVIDER_KINDS.find((known) => known === named);
  if (kind !== undefined) return kind;
  const source = options.provider === undefined ? 'EMBEDDINGCACHE_PROVIDER' : '--provider';
  throw new UsageError(
    `${source} names no known provider: “${named}”. Choose ${PROVIDER_KINDS.join(', ')}.`,
  );
}

/** A flag that would be ignored is a mistake; a variable may be there for other runs. */
function refuseForEmbedded({ model, dimensions, baseUrl }: GlobalOptions): void {
  const flags = { '--model': model, '--dimensions': dimensions, '--base-url': baseUrl };
  for (const [flag, value] of Object.entries(flags)) {
    if (value === undefined) continue;
    throw new UsageError(
      `${flag} needs --provider openai or --provider openaiCompatible: the embedded provider has one model.`,
    );
  }
}

/**
 * A key goes only where it belongs. `--provider openai` says that the address is OpenAI's or a
 * proxy of it; for another endpoint OPENAI_API_KEY counts only when OPENAI_BASE_URL names it too.
 */
function apiKeyOf(kind: ProviderConfig['kind'], origin: string, env: Environment): string | null {
  const openaiKey = valueOf(env, 'OPENAI_API_KEY') ?? null;
  if (kind === 'openai') return openaiKey;
  const paired = valueOf(env, 'OPENAI_BASE_URL');
  if (paired !== undefined && URL.canParse(paired) && new URL(paired).origin === origin) {
    return valueOf(env, 'EMBEDDINGCACHE_API_KEY') ?? openaiKey;
  }
  return valueOf(env, 'EMBEDDINGCACHE_API_KEY') ?? null;
}

function originOf(kind: ProviderConfig['kind'], baseUrl: string): string {
  try {
    return endpointOf(kind, baseUrl).origin;
  } catch (error) {
    throw new UsageError(failureOf(error).message);
  }
}

/** An empty variable counts as none. */
function valueOf(env: Environment, name: string): string | undefined {
  return env[name] === '' ? undefined : env[name];
}
