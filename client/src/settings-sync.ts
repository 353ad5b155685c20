import type {
  ApiKeyMessage,
  ExcludePattern,
  ProviderSettings,
  ServerSettings,
} from '../../server/protocol/settings.ts';
import * as vscode from 'vscode';
import type { Consent } from './consent.ts';
import { editorExcludes, ownExcludes } from './exclude-patterns.ts';
import { type Endpoint, endpointOf, rerankerEndpointOf } from './endpoint.ts';
import { environmentKey } from './environment-key.ts';
import { type ClientNetwork, networkOf } from './network.ts';
import type { ModelChoice } from './model-choice.ts';
import type { ApiKeys, KeyOwner } from './secrets.ts';
import type { ServerApi } from './server-api.ts';
import type { ServerProcess } from './server-process.ts';
import { type Settings, readSettings } from './settings.ts';

/** Keeps the server's settings and API key the ones the user chose and allows. */
export class SettingsSync {
  readonly #consent: Consent;
  readonly #keys: ApiKeys;
  readonly #model: ModelChoice;
  /** What the server holds keys of, so that it can be told to forget them. */
  #sent: readonly KeyOwner[] = [];

  constructor(consent: Consent, keys: ApiKeys, model: ModelChoice) {
    this.#model = model;
    this.#consent = consent;
    this.#keys = keys;
  }

  settings(): Settings {
    const folders = vscode.workspace.workspaceFolders ?? [];
    return this.#model.appliedTo(
      readSettings(
        vscode.workspace.getConfiguration('embeddingCache'),
        folders.map(({ uri }) => vscode.workspace.getConfiguration('embeddingCache', uri)),
      ),
    );
  }

  serverSettings(): ServerSettings {
    const settings = this.settings();
    return {
      directory: settings.directory,
      storeText: settings.storeText,
      // In Restricted Mode the built-in model answers, and no network is used at all.
      provider: vscode.workspace.isTrusted ? providerOf(settings) : { kind: 'embedded' },
      reranker: { kind: vscode.workspace.isTrusted ? settings.reranker : 'none' },
      allowedOrigins: vscode.workspace.isTrusted ? this.#consent.origins() : [],
      exclude: [...ownExcludes(settings.exclude), ...excludesOfEditor()],
      maxFileSizeKb: settings.maxFileSizeKb,
      effort: settings.indexingEffort,
      trusted: vscode.workspace.isTrusted,
      network: this.#network().settings,
      scanForSecrets: settings.scanForSecrets,
      confirmAboveUsd: settings.confirmAboveUsd,
      monthlyUsd: settings.monthlyUsd,
    };
  }

  /** All that decides what an index holds, as a string to compare. */
  indexSubject(): string {
    const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.toString());
    return JSON.stringify([folders, this.serverSettings()]);
  }

  /** Keys a server that starts now gets. */
  async keysForStart(): Promise<readonly ApiKeyMessage[]> {
    const owners = this.#owners();
    this.#sent = owners;
    const keys = await Promise.all(
      owners.map(async (owner) => ({
        type: 'apiKey' as const,
        ...owner,
        key: await this.#keyOf(owner),
      })),
    );
    const { credentials } = this.#network();
    return credentials === null || keys.length === 0 ? keys : [...keys, credentials];
  }

  /** Tells the server what has changed. One that is not running will ask when it starts. */
  async push(server: ServerProcess, api: ServerApi): Promise<void> {
    if (server.state === 'stopped' || server.state === 'failed') return;
    const owners = this.#owners();
    for (const before of this.#sent.filter((owner) => !owners.some(isSame(owner)))) {
      await server.sendApiKey({ type: 'apiKey', ...before, key: null });
    }
    for (const message of await this.keysForStart()) await server.sendApiKey(message);
    await api.changeSettings(this.serverSettings());
  }

  #network(): ClientNetwork {
    return networkOf(this.settings(), vscode.workspace.getConfiguration('http'));
  }

  async #keyOf(owner: KeyOwner): Promise<string | null> {
    const stored = await this.#keys.get(owner);
    if (stored !== null || !this.settings().keysFromEnvironment) return stored;
    return environmentKey(owner, process.env);
  }

  /** The server gets no key it may not use yet. */
  #owners(): KeyOwner[] {
    const settings = this.settings();
    const owners: KeyOwner[] = [];
    for (const endpoint of [endpointOf(settings), rerankerEndpointOf(settings)]) {
      if (endpoint?.origin == null || !this.#consent.allows(endpoint)) continue;
      const owner = { provider: endpoint.provider, origin: endpoint.origin };
      if (!owners.some(isSame(owner))) owners.push(owner);
    }
    return owners;
  }
}

function isSame(a: KeyOwner): (b: KeyOwner) => boolean {
  return (b) => a.provider === b.provider && a.origin === b.origin;
}

/** One server serves all folders, and leaving out too much is the safe side. */
function excludesOfEditor(): ExcludePattern[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const patterns = folders.flatMap(({ uri }) =>
    ['files', 'search'].flatMap((section) =>
      editorExcludes(
        `${section}.exclude`,
        vscode.workspace.getConfiguration(section, uri).get('exclude'),
      ),
    ),
  );
  return [...new Map(patterns.map((each) => [JSON.stringify(each), each])).values()];
}

function providerOf(settings: Settings): ProviderSettings {
  const endpoint: Endpoint | null = endpointOf(settings);
  if (endpoint === null) {
    const { provider: kind, model, dimensions, modelFolder } = settings;
    return kind === 'transformers' ? { kind, model, dimensions, modelFolder } : { kind };
  }
  const { provider, model, baseUrl } = endpoint;
  const shared = { kind: provider, model, dimensions: settings.dimensions, baseUrl };
  if (provider !== 'azureOpenai') return shared;
  return { ...shared, deployment: settings.azureDeployment, apiVersion: settings.azureApiVersion };
}
