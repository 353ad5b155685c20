import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Stats } from '../../../server/protocol/stats.ts';
import type { LiveStats } from '../live-stats.ts';
import { statisticsPage } from './statistics-page.ts';

const viewType = 'embeddingCache.statistics';

/** The statistics page as an editor: at most one, redrawn with the figures. */
export class StatisticsPanel {
  readonly #stats: LiveStats;
  readonly #nonce = randomBytes(16).toString('base64url');
  readonly #serializer: vscode.Disposable;
  readonly #subscription: vscode.Disposable;
  #panel: vscode.WebviewPanel | null = null;
  #html = '';

  constructor(stats: LiveStats) {
    this.#stats = stats;
    this.#subscription = stats.onDidChange((figures) => {
      this.#draw(figures);
    });
    this.#serializer = vscode.window.registerWebviewPanelSerializer(viewType, {
      deserializeWebviewPanel: async (panel) => {
        this.#adopt(panel);
        await this.#refresh();
      },
    });
  }

  async show(): Promise<void> {
    if (this.#panel === null) {
      const options = { enableScripts: false, localResourceRoots: [] };
      const title = vscode.l10n.t('Cache Statistics');
      this.#adopt(
        vscode.window.createWebviewPanel(viewType, title, vscode.ViewColumn.Active, options),
      );
    } else {
      this.#panel.reveal();
    }
    await this.#refresh();
  }

  dispose(): void {
    this.#serializer.dispose();
    this.#subscription.dispose();
    this.#panel?.dispose();
  }

  #adopt(panel: vscode.WebviewPanel): void {
    this.#panel = panel;
    this.#html = '';
    panel.onDidDispose(() => {
      this.#panel = null;
    });
    // A hidden page is not drawn; it may be behind.
    panel.onDidChangeViewState(() => {
      if (panel.visible && this.#stats.latest !== null) this.#draw(this.#stats.latest);
    });
    if (this.#stats.latest !== null) this.#draw(this.#stats.latest);
  }

  async #refresh(): Promise<void> {
    const figures = await this.#stats.refresh(new AbortController().signal);
    this.#draw(figures);
  }

  #draw(figures: Stats): void {
    if (this.#panel?.visible !== true) return;
    const options = { locale: vscode.env.language, nonce: this.#nonce };
    const html = statisticsPage(figures, options, vscode.l10n);
    if (html === this.#html) return;
    this.#html = html;
    this.#panel.webview.html = html;
  }
}
