import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import { type StatusView, statusView } from './status-text.ts';

const intervalMs = 1000;

/** The status bar item: hidden until the workspace is used, updated at most once a second. */
export class StatusItem {
  readonly #parts: Parts;
  readonly #item: vscode.StatusBarItem;
  readonly #subscriptions: { dispose(): unknown }[];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #updatedAt = 0;
  #shown = '';

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#item = vscode.window.createStatusBarItem(
      'embeddingCache.status',
      vscode.StatusBarAlignment.Left,
      // Right of the built-in items.
      -10,
    );
    this.#item.name = 'Embedding Cache';
    this.#item.command = 'embeddingCache.showStatistics';
    const update = (): void => {
      this.#schedule();
    };
    this.#subscriptions = [
      this.#item,
      parts.stats.onDidChange(update),
      parts.server.onDidChangeState(update),
      parts.use.onDidChange(update),
      vscode.workspace.onDidGrantWorkspaceTrust(update),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('embeddingCache')) update();
      }),
    ];
    update();
  }

  /** What is shown now; empty while hidden. */
  get text(): string {
    return this.#shown === '' ? '' : this.#item.text;
  }

  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #schedule(): void {
    if (this.#timer !== null) return;
    // A server that starts within half a second shows no spinner.
    const patience = this.#parts.server.state === 'starting' ? 500 : 0;
    const wait = Math.max(patience, this.#updatedAt + intervalMs - Date.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#update();
    }, wait);
  }

  #update(): void {
    if (!this.#parts.use.used) {
      this.#item.hide();
      return;
    }
    this.#updatedAt = Date.now();
    const settings = this.#parts.sync.settings();
    const view = statusView(
      {
        server: this.#parts.server.state,
        stats: this.#parts.stats.latest,
        trusted: vscode.workspace.isTrusted,
        content: settings.statusBarContent,
        monthlyUsd: settings.monthlyUsd,
        locale: vscode.env.language,
      },
      vscode.l10n,
    );
    const shown = JSON.stringify(view);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#show(view);
  }

  #show(view: StatusView): void {
    this.#item.text = view.text;
    const tooltip = new vscode.MarkdownString(view.tooltip);
    tooltip.isTrusted = false;
    tooltip.supportHtml = false;
    this.#item.tooltip = tooltip;
    this.#item.accessibilityInformation = { label: view.label };
    this.#item.backgroundColor =
      view.background === 'none'
        ? undefined
        : new vscode.ThemeColor(`statusBarItem.${view.background}Background`);
    this.#item.show();
    void vscode.commands.executeCommand('setContext', 'embeddingCache.state', view.state);
    void vscode.commands.executeCommand(
      'setContext',
      'embeddingCache.remoteModel',
      this.#parts.stats.latest?.provider.local === false,
    );
  }
}
