import * as vscode from 'vscode';
import type { SearchAnswer, SearchFilters } from '../../../server/protocol/search-hit.ts';
import type { ErrorData } from '../../../server/protocol/errors.ts';
import type { Stats } from '../../../server/protocol/stats.ts';
import { endpointOf, isLoopback, rerankerEndpointOf } from '../endpoint.ts';
import { wordsOf, wordsOfData } from '../error-words.ts';
import { LiveQuery } from '../live-query.ts';
import type { Parts } from '../parts.ts';
import { isCancelled } from '../server-errors.ts';
import { askToRerank } from './ask-to-rerank.ts';
import { HitPicker, actionItem, noteItem } from './hit-picker.ts';
import { count } from './numbers.ts';
import { showError } from './show-error.ts';

const debounceMs = 60;
const refreshMs = 1000;

/** What a search is limited to, and how that is called. */
export interface SearchScope {
  readonly title: string;
  readonly filters: SearchFilters;
}

/** Quick search over live results. Resolves when the picker has closed. */
export async function showSearchPicker(parts: Parts, scope: SearchScope): Promise<void> {
  const search = new SearchPicker(parts, scope);
  try {
    await search.show();
  } finally {
    search.dispose();
  }
}

class SearchPicker {
  readonly #parts: Parts;
  readonly #title: string;
  readonly #picker: HitPicker;
  readonly #query: LiveQuery<SearchAnswer>;
  readonly #subscriptions: vscode.Disposable[];
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** What the rows answer; null while they answer nothing. */
  #answered: string | null = null;

  constructor(parts: Parts, { title, filters }: SearchScope) {
    this.#parts = parts;
    this.#title = title;
    const settings = parts.sync.settings();
    this.#picker = new HitPicker({
      title,
      placeholder: vscode.l10n.t('Ask in plain words, such as “where are requests retried”'),
      preview: settings.previewOnArrowKeys,
      isQuery: true,
      log: parts.log,
      shown: parts.shownHits,
    });
    this.#query = new LiveQuery<SearchAnswer>({
      ask: (query, signal) => {
        const { searchLimit: limit, searchMode: mode } = parts.sync.settings();
        return parts.api.request(
          'embeddingCache/search',
          { query, limit, mode, ...filters },
          signal,
        );
      },
      answered: (query, answer) => {
        this.#show(query, answer);
      },
      failed: (error) => {
        this.#fail(error);
      },
      busy: (isBusy) => {
        this.#picker.quickPick.busy = isBusy;
      },
    });
    this.#subscriptions = [
      this.#picker.quickPick.onDidChangeValue((value) => {
        this.#typed(value.trim());
      }),
      // The index changes under an open picker: on first use above all.
      parts.stats.onDidChange((stats) => {
        this.#indexChanged(stats);
      }),
    ];
  }

  async show(): Promise<void> {
    this.#showTitle(this.#parts.stats.latest);
    this.#showState();
    await this.#picker.show();
  }

  dispose(): void {
    this.#query.drop();
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  get #value(): string {
    return this.#picker.quickPick.value.trim();
  }

  #typed(query: string): void {
    const remote = this.#remoteOrigin();
    if (query === '') {
      this.#query.drop();
      this.#answered = null;
      this.#showState();
    } else if (remote !== null) {
      // Every keystroke would be a paid request: wait for Enter.
      this.#query.drop();
      this.#answered = null;
      const label = vscode.l10n.t('$(search) Search');
      const description = vscode.l10n.t('Enter sends the words to {0}', remote);
      this.#picker.showNote(
        actionItem(label, description, () => {
          this.#query.ask(query);
        }),
      );
    } else {
      this.#query.askAfter(query, debounceMs);
    }
  }

  /** Origin the typed words would be sent to; null when they stay on this computer. */
  #remoteOrigin(): string | null {
    if (!vscode.workspace.isTrusted) return null;
    const settings = this.#parts.sync.settings();
    const origin = endpointOf(settings)?.origin ?? null;
    if (origin !== null && !isLoopback(origin)) return origin;
    const reranker = rerankerEndpointOf(settings);
    return reranker !== null && this.#parts.consent.allows(reranker) ? reranker.origin : null;
  }

  #show(query: string, { hits, notReranked }: SearchAnswer): void {
    this.#answered = query;
    if (hits.length > 0) {
      this.#picker.showHits(hits, notReranked === null ? [] : [this.#whyNot(notReranked)]);
    } else if (this.#parts.stats.latest?.workspace.kind === 'ready') {
      this.#picker.showNote(noteItem(vscode.l10n.t('Nothing close found')));
    } else {
      this.#showState();
    }
  }

  /** Behind the hits: they are worth as much without. */
  #whyNot(data: ErrorData): vscode.QuickPickItem {
    const { message, button } = wordsOfData(data, vscode.l10n);
    const label = vscode.l10n.t('$(info) Not reranked');
    const mayAsk = data.kind === 'consentNeeded';
    const item = actionItem(label, mayAsk ? vscode.l10n.t('Allow…') : button.title, () => {
      this.#picker.quickPick.hide();
      if (mayAsk) void this.#allowReranking();
      else void vscode.commands.executeCommand(button.command, ...button.arguments);
    });
    // In a line of its own, as a hit's code: after the label the action would be cut off.
    return { ...item, detail: message };
  }

  async #allowReranking(): Promise<void> {
    try {
      await askToRerank(this.#parts, { again: true });
      await vscode.commands.executeCommand('embeddingCache.search');
    } catch (error) {
      await showError(error, this.#parts.log);
    }
  }

  /** Why there are no rows yet. */
  #showState(): void {
    const workspace = this.#parts.stats.latest?.workspace;
    if (this.#parts.indexing.running || workspace?.kind === 'indexing') {
      this.#picker.showNote(noteItem(vscode.l10n.t('$(sync~spin) Indexing this workspace')));
    } else if (workspace?.kind === 'notIndexed') {
      const label = vscode.l10n.t('$(sync) Index Workspace');
      const run = (): void => {
        void vscode.commands.executeCommand('embeddingCache.indexWorkspace');
      };
      const description = vscode.l10n.t('This workspace is not indexed yet');
      this.#picker.showNote(actionItem(label, description, run));
    } else {
      this.#picker.showNote();
    }
  }

  #fail(error: unknown): void {
    if (isCancelled(error)) return;
    this.#parts.log.error(`search: ${String(error)}`);
    const { message, button } = wordsOf(error, vscode.l10n);
    this.#picker.showNote(
      actionItem(`$(error) ${message}`, button.title, () => {
        this.#picker.quickPick.hide();
        void vscode.commands.executeCommand(button.command, ...button.arguments);
      }),
    );
  }

  #indexChanged(stats: Stats): void {
    this.#showTitle(stats);
    if (this.#value === '') {
      this.#showState();
      return;
    }
    // Asking again costs a request where the model is remote; the rows stay until then.
    if (this.#timer !== null || this.#remoteOrigin() !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#answered === this.#value) this.#query.ask(this.#value);
    }, refreshMs);
  }

  #showTitle(stats: Stats | null): void {
    const locale = vscode.env.language;
    this.#picker.quickPick.title =
      stats?.workspace.kind === 'indexing'
        ? vscode.l10n.t(
            '{0} — indexing {1}/{2}',
            this.#title,
            count(stats.workspace.done, locale),
            count(stats.workspace.total, locale),
          )
        : this.#title;
  }
}
