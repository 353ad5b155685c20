import * as vscode from 'vscode';
import type { SearchHit } from '../../../server/protocol/search-hit.ts';
import { EditorPreview, openHit } from './editor-preview.ts';
import { reasonRows } from './hit-reasons.ts';
import type { ShownHits } from './shown-hits.ts';
import { type HitItem, hitItem, isSameHit } from './hit-item.ts';

const previewMs = 40;

/** A row that does something else than open a hit. */
interface ActionItem extends vscode.QuickPickItem {
  readonly run: () => void;
}

type Row = HitItem | ActionItem | vscode.QuickPickItem;

export interface HitPickerOptions {
  readonly title: string;
  readonly placeholder: string;
  /** Whether moving through the rows shows them in the editor. */
  readonly preview: boolean;
  /** Whether what is typed is a query for somebody else to answer, not a filter of the rows. */
  readonly isQuery: boolean;
  readonly log: vscode.LogOutputChannel;
  readonly shown: ShownHits;
}

/** A quick pick of search hits: moving previews, Enter opens, the button opens beside, Esc restores. */
export class HitPicker {
  readonly quickPick: vscode.QuickPick<vscode.QuickPickItem>;
  readonly #options: HitPickerOptions;
  readonly #preview = new EditorPreview();
  readonly #beside: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('split-horizontal'),
    tooltip: vscode.l10n.t('Open to the Side'),
  };
  readonly #why: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('question'),
    tooltip: vscode.l10n.t('Why Does This Rank Here?'),
  };
  readonly #settings: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('gear'),
    tooltip: vscode.l10n.t('Open Settings'),
  };
  /** The row the picker itself made active: only a move away from it is the user's. */
  #resting: vscode.QuickPickItem | null = null;
  #opened = false;
  #explaining = false;
  #previewing: ReturnType<typeof setTimeout> | null = null;
  #previewed: SearchHit | null = null;
  readonly #closed: Promise<void>;

  constructor(options: HitPickerOptions) {
    this.#options = options;
    this.quickPick = vscode.window.createQuickPick();
    this.quickPick.title = options.title;
    this.quickPick.placeholder = options.placeholder;
    this.quickPick.matchOnDescription = !options.isQuery;
    this.quickPick.matchOnDetail = !options.isQuery;
    this.quickPick.buttons = [this.#settings];
    this.quickPick.onDidChangeActive(([row]) => {
      this.#moved(row);
    });
    this.quickPick.onDidAccept(() => {
      const [row] = this.quickPick.activeItems;
      if (row !== undefined) this.#accept(row, vscode.ViewColumn.Active);
    });
    this.quickPick.onDidTriggerItemButton(({ item, button }) => {
      const hit = hitOf(item);
      if (button === this.#why && hit !== null) this.#guard(this.#explain(hit));
      else this.#accept(item, vscode.ViewColumn.Beside);
    });
    this.quickPick.onDidTriggerButton(() => {
      this.quickPick.hide();
      void vscode.commands.executeCommand('embeddingCache.openSettings');
    });
    this.#closed = new Promise((resolve) => {
      this.quickPick.onDidHide(() => {
        options.shown.closed(this);
        if (this.#explaining) return;
        this.#close();
        resolve();
      });
    });
  }

  /** Resolves when the picker has closed. */
  show(): Promise<void> {
    this.#show();
    return this.#closed;
  }

  /** Shows hits in their order, notes behind them; the active row stays where it is if its hit is still among them. */
  showHits(hits: readonly SearchHit[], notes: readonly vscode.QuickPickItem[] = []): void {
    const rows = hits.map((hit) => this.#row(hit));
    const [active] = this.quickPick.activeItems;
    const before = active !== undefined && active !== this.#resting ? hitOf(active) : null;
    const same = before === null ? undefined : rows.find(({ hit }) => isSameHit(hit, before));
    this.#resting = same === undefined ? (rows[0] ?? null) : null;
    this.quickPick.keepScrollPosition = same !== undefined;
    this.quickPick.items = [...rows, ...notes];
    if (same !== undefined) this.quickPick.activeItems = [same];
  }

  /** Shows rows that are no hits, for instance why there are none. */
  showNote(...rows: readonly vscode.QuickPickItem[]): void {
    this.#resting = rows[0] ?? null;
    this.quickPick.items = rows;
  }

  #row(hit: SearchHit): HitItem & vscode.QuickPickItem {
    const path = vscode.workspace.asRelativePath(vscode.Uri.parse(hit.uri));
    return {
      ...hitItem(hit, path, this.#options.isQuery),
      buttons: [this.#why, this.#beside],
    };
  }

  /** Says why the active hit stands where it does, and comes back. */
  async explainActive(): Promise<void> {
    const [row] = this.quickPick.activeItems;
    const hit = row === undefined ? null : hitOf(row);
    if (hit !== null) await this.#explain(hit);
  }

  async #explain(hit: SearchHit): Promise<void> {
    const path = vscode.workspace.asRelativePath(vscode.Uri.parse(hit.uri));
    // Only one quick pick is shown at a time: this one hides meanwhile, but is not over.
    this.#explaining = true;
    try {
      await vscode.window.showQuickPick(reasonRows(hit.why, vscode.l10n), {
        title: vscode.l10n.t('Why Does This Rank Here?'),
        placeHolder: `${path}:${hit.startLine}`,
      });
    } finally {
      this.#explaining = false;
      this.#show();
    }
    const same = this.quickPick.items.find((row) => {
      const other = hitOf(row);
      return other !== null && isSameHit(other, hit);
    });
    if (same !== undefined) this.quickPick.activeItems = [same];
  }

  #show(): void {
    this.#options.shown.opened(this);
    this.quickPick.show();
  }

  #moved(row: Row | undefined): void {
    if (row === undefined || row === this.#resting) return;
    this.#resting = null;
    const hit = hitOf(row);
    if (!this.#options.preview || hit === null) return;
    if (this.#previewing !== null) clearTimeout(this.#previewing);
    // New rows make the first one active for a moment before the one that was.
    this.#previewing = setTimeout(() => {
      if (this.#previewed !== null && isSameHit(hit, this.#previewed)) return;
      this.#previewed = hit;
      this.#guard(this.#preview.show(hit));
    }, previewMs);
  }

  #close(): void {
    if (this.#previewing !== null) clearTimeout(this.#previewing);
    if (!this.#opened) this.#guard(this.#preview.restore());
    this.#preview.dispose();
    this.quickPick.dispose();
  }

  #accept(row: Row, column: vscode.ViewColumn): void {
    if ('run' in row) {
      row.run();
      return;
    }
    const hit = hitOf(row);
    if (hit === null) return;
    this.#opened = true;
    this.quickPick.hide();
    this.#guard(openHit(hit, column));
  }

  /** A hit's file may have gone in the meantime; the picker stays usable. */
  #guard(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#options.log.warn(`showing a search hit: ${String(error)}`);
    });
  }
}

function hitOf(row: Row): SearchHit | null {
  return 'hit' in row ? row.hit : null;
}

/** A row that runs something when chosen. */
export function actionItem(label: string, description: string, run: () => void): ActionItem {
  return { label, description, alwaysShow: true, run };
}

/** A row that only says something. */
export function noteItem(label: string, description = ''): vscode.QuickPickItem {
  return { label, description, alwaysShow: true };
}
