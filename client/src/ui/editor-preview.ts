import * as vscode from 'vscode';
import type { LineRange, SearchHit } from '../../../server/protocol/search-hit.ts';

/** Shows hits while the user moves through them, and puts everything back afterwards. */
export class EditorPreview {
  readonly #before: EditorState | null;
  readonly #highlight = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
  });
  readonly #best = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.findMatchHighlightBackground'),
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.findMatchForeground'),
  });
  #shown: vscode.TextEditor | null = null;

  constructor() {
    this.#before = stateOf(vscode.window.activeTextEditor);
  }

  /** Shows the hit without taking the focus. */
  async show(hit: SearchHit): Promise<void> {
    this.#shown = await vscode.window.showTextDocument(vscode.Uri.parse(hit.uri), {
      preview: true,
      preserveFocus: true,
    });
    const best = rangeOf(hit.best, this.#shown.document);
    this.#shown.setDecorations(this.#highlight, [rangeOf(hit, this.#shown.document)]);
    this.#shown.setDecorations(this.#best, [best]);
    this.#shown.revealRange(best, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  /** Back to the editor, selection and scroll position from before. */
  async restore(): Promise<void> {
    if (this.#shown === null) return;
    if (this.#before === null) {
      await closePreview(this.#shown.document.uri);
      return;
    }
    const { document, viewColumn, selections, visible, wasPreview } = this.#before;
    const options = { preview: wasPreview, ...(viewColumn === undefined ? {} : { viewColumn }) };
    const editor = await vscode.window.showTextDocument(document, options);
    editor.selections = selections;
    if (visible !== undefined) editor.revealRange(visible, vscode.TextEditorRevealType.AtTop);
  }

  dispose(): void {
    this.#highlight.dispose();
    this.#best.dispose();
  }
}

/** Opens the hit for good, with the cursor at the best of its lines. */
export async function openHit(hit: SearchHit, viewColumn: vscode.ViewColumn): Promise<void> {
  const editor = await vscode.window.showTextDocument(vscode.Uri.parse(hit.uri), {
    preview: false,
    viewColumn,
  });
  const range = rangeOf(hit.best, editor.document);
  const line = editor.document.lineAt(range.start.line);
  const start = range.start.with({ character: line.firstNonWhitespaceCharacterIndex });
  editor.selection = new vscode.Selection(start, start);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

interface EditorState {
  readonly document: vscode.TextDocument;
  readonly viewColumn: vscode.ViewColumn | undefined;
  readonly selections: readonly vscode.Selection[];
  readonly visible: vscode.Range | undefined;
  readonly wasPreview: boolean;
}

function stateOf(editor: vscode.TextEditor | undefined): EditorState | null {
  if (editor === undefined) return null;
  return {
    document: editor.document,
    viewColumn: editor.viewColumn,
    selections: editor.selections,
    visible: editor.visibleRanges[0],
    wasPreview: vscode.window.tabGroups.activeTabGroup.activeTab?.isPreview ?? false,
  };
}

/** The file may have become shorter since it was indexed. */
function rangeOf({ startLine, endLine }: LineRange, document: vscode.TextDocument): vscode.Range {
  return document.validateRange(
    new vscode.Range(startLine - 1, 0, endLine - 1, Number.MAX_SAFE_INTEGER),
  );
}

async function closePreview(uri: vscode.Uri): Promise<void> {
  const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
  const isOurs =
    tab?.input instanceof vscode.TabInputText && tab.input.uri.toString() === uri.toString();
  if (tab !== undefined && isOurs && tab.isPreview) await vscode.window.tabGroups.close(tab);
}
