import * as vscode from 'vscode';
import { endpointOf } from './endpoint.ts';
import type { Parts } from './parts.ts';
import { isWithinAgreed } from './ui/confirm-cost.ts';
import { isCancelled } from './server-errors.ts';

/** A choice of model writes several settings, one after another: they are taken as one change. */
const settleMs = 500;
/** Settings that decide what is indexed, how, and over which network. */
const followed = [
  'embeddingCache',
  'files.exclude',
  'search.exclude',
  'http.proxy',
  'http.noProxy',
  'http.proxySupport',
];

/**
 * What happens without a command: settings and keys reach the server as they change, and a workspace
 * in use is kept indexed. Nothing is started in a workspace never used.
 */
export function startBackgroundWork(parts: Parts): vscode.Disposable {
  const work = new BackgroundWork(parts);
  if (work.isWanted()) work.attempt(work.index());
  return vscode.Disposable.from(
    work,
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (followed.some((section) => event.affectsConfiguration(section))) work.followLater();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      work.followLater();
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      work.followLater();
    }),
    parts.consent.onDidChange(() => {
      work.attempt(parts.sync.push(parts.server, parts.api));
    }),
    parts.model.onDidChange(() => {
      work.followLater();
    }),
    parts.indexing.onDidFinish(({ withheld }) => {
      // What stopped at the limit goes on when the limit is raised, without asking again.
      if (withheld.overBudget === 0) work.attempt(parts.consent.agreeTo(0));
    }),
    parts.keys.onDidChange(() => {
      work.attempt(parts.sync.push(parts.server, parts.api));
    }),
  );
}

class BackgroundWork {
  readonly #parts: Parts;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  isWanted(): boolean {
    const hasFolder = (vscode.workspace.workspaceFolders ?? []).length > 0;
    const onOpen = this.#parts.sync.settings().indexingStart === 'onOpen';
    return hasFolder && (this.#parts.use.used || onOpen);
  }

  /** Brings the index up to date, unless that would need a question first. */
  async index(): Promise<void> {
    const { use, server, sync, consent, indexing } = this.#parts;
    if (!this.isWanted()) return;
    await use.markUsed();
    // Starts the server, so that saved files keep the index fresh whatever happens next.
    await server.client();
    const settings = sync.settings();
    if (settings.indexingStart === 'manual' || indexing.isCurrent) return;
    const endpoint = vscode.workspace.isTrusted ? endpointOf(settings) : null;
    if (endpoint !== null && !consent.allows(endpoint)) return;
    if (await isWithinAgreed(this.#parts)) await indexing.start();
  }

  followLater(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.attempt(this.#follow());
    }, settleMs);
  }

  /** Nobody asked, so nobody is told of a failure; the status bar shows the state. */
  attempt(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (!isCancelled(error)) this.#parts.log.warn(`in the background: ${String(error)}`);
    });
  }

  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #follow(): Promise<void> {
    await this.#parts.sync.push(this.#parts.server, this.#parts.api);
    await this.index();
  }
}
