import type { SearchMode } from '../../server/protocol/search-hit.ts';
import { knownProvider } from './providers.ts';

/** Name of a row of `providers`. */
export type ProviderKind = string;

/** All settings, checked: a settings file may hold anything. */
export interface Settings {
  readonly provider: ProviderKind;
  readonly model: string;
  readonly dimensions: number | null;
  readonly openaiBaseUrl: string;
  readonly compatibleBaseUrl: string;
  readonly azureEndpoint: string;
  readonly azureDeployment: string;
  readonly azureApiVersion: string;
  readonly ollamaBaseUrl: string;
  readonly modelFolder: string;
  /** Keys may also come from environment variables. */
  readonly keysFromEnvironment: boolean;
  readonly directory: string;
  readonly storeText: boolean;
  readonly exclude: readonly string[];
  readonly maxFileSizeKb: number;
  /** Empty: none of our own. */
  readonly networkProxy: string;
  readonly networkCaFile: string;
  readonly scanForSecrets: boolean;
  readonly confirmAboveUsd: number;
  /** Null: no limit. */
  readonly monthlyUsd: number | null;
  readonly indexingEffort: 'low' | 'normal' | 'full';
  readonly indexingStart: 'onFirstUse' | 'onOpen' | 'manual';
  readonly searchMode: SearchMode;
  readonly searchLimit: number;
  readonly previewOnArrowKeys: boolean;
  /** Provider kind, or `none`. */
  readonly reranker: 'none' | 'cohere' | 'voyage' | 'jina';
  readonly statusBarContent: 'hitRate' | 'saved' | 'icon';
}

/** The part of `WorkspaceConfiguration` for section `embeddingCache` that is read here. */
export interface SettingsReader {
  get(key: string): unknown;
  inspect(key: string): { readonly globalValue?: unknown } | undefined;
}

/**
 * `folders` are the readers of each workspace folder. Where keys of application or machine scope
 * matter to safety, a workspace's value is never looked at, whatever VS Code let through.
 */
export function readSettings(window: SettingsReader, folders: readonly SettingsReader[]): Settings {
  const user = (key: string): unknown => window.inspect(key)?.globalValue;
  const places = folders.length === 0 ? [window] : folders;
  return {
    provider: knownProvider(text(user('provider'), '')).kind,
    model: text(user('model'), ''),
    dimensions: integer(user('dimensions'), 1, 65_536, null),
    openaiBaseUrl: text(user('openai.baseUrl'), '') || knownProvider('openai').ownAddress!,
    compatibleBaseUrl: text(user('openaiCompatible.baseUrl'), ''),
    azureEndpoint: text(user('azureOpenai.endpoint'), ''),
    azureDeployment: text(user('azureOpenai.deployment'), ''),
    azureApiVersion: text(user('azureOpenai.apiVersion'), ''),
    ollamaBaseUrl: text(user('ollama.baseUrl'), '') || knownProvider('ollama').ownAddress!,
    modelFolder: text(user('transformers.modelFolder'), ''),
    keysFromEnvironment: truth(user('keys.fromEnvironment'), false),
    directory: text(user('directory'), ''),
    storeText: truth(user('storeText'), true),
    // One server serves all folders, and leaving out too much is the safe side.
    exclude: [...new Set(places.flatMap((place) => texts(place.get('indexing.exclude'))))],
    maxFileSizeKb: Math.min(
      ...places.map((place) => integer(place.get('indexing.maxFileSizeKb'), 1, 1e9, 1024)),
    ),
    networkProxy: text(user('network.proxy'), ''),
    networkCaFile: text(user('network.caFile'), ''),
    scanForSecrets: truth(user('privacy.scanForSecrets'), true),
    confirmAboveUsd: sum(user('budget.confirmAboveUsd')) ?? 0.1,
    monthlyUsd: user('budget.monthlyUsd') === null ? null : (sum(user('budget.monthlyUsd')) ?? 5),
    indexingEffort: oneOf(user('indexing.effort'), ['normal', 'low', 'full']),
    indexingStart: oneOf(window.get('indexing.start'), ['onFirstUse', 'onOpen', 'manual']),
    searchMode: oneOf(window.get('search.mode'), ['hybrid', 'semantic', 'text']),
    searchLimit: integer(window.get('search.limit'), 1, 200, 50),
    previewOnArrowKeys: truth(window.get('search.previewOnArrowKeys'), true),
    reranker: oneOf(user('search.reranker'), ['none', 'cohere', 'voyage', 'jina']),
    statusBarContent: oneOf(user('statusBar.content'), ['hitRate', 'saved', 'icon']),
  };
}

/** The first is the default. */
function oneOf<T extends string>(value: unknown, choices: readonly [T, ...T[]]): T {
  return choices.find((choice) => choice === value) ?? choices[0];
}

function text(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value.trim() : fallback;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function truth(value: unknown, fallback: boolean): boolean {
  return typeof value === 'boolean' ? value : fallback;
}

function sum(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

function integer<T>(value: unknown, min: number, max: number, fallback: T): number | T {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max
    ? Number(value)
    : fallback;
}
