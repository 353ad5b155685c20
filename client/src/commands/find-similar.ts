import * as vscode from 'vscode';
import type { CodeAtCursor } from '../code-at-cursor.ts';
import type { Parts } from '../parts.ts';
import { askToSend } from '../ui/ask-to-send.ts';
import { confirmCost } from '../ui/confirm-cost.ts';
import { HitPicker, noteItem } from '../ui/hit-picker.ts';
import { requireCode } from './require-code.ts';
import { requireFolder } from './require-folder.ts';

/** Code nearest in meaning to the selection, or to the symbol at the cursor. */
export async function findSimilar(parts: Parts): Promise<void> {
  if (!(await requireFolder())) return;
  const code = await requireCode();
  if (code === null || (await askToSend(parts)) === 'refused') return;
  await parts.use.markUsed();
  await showSimilar(parts, code);
}

/** Shows the hits for a text; indexes the workspace first where that was never done. */
export async function showSimilar(parts: Parts, code: CodeAtCursor): Promise<void> {
  const settings = parts.sync.settings();
  const picker = new HitPicker({
    title: vscode.l10n.t('Similar Code'),
    placeholder: vscode.l10n.t('Type to filter'),
    preview: settings.previewOnArrowKeys,
    isQuery: false,
    log: parts.log,
    shown: parts.shownHits,
  });
  const abort = new AbortController();
  const closed = picker.show().then(() => {
    abort.abort();
  });
  picker.quickPick.busy = true;
  try {
    const stats = await parts.stats.refresh(abort.signal);
    if (stats.workspace.kind === 'notIndexed' && settings.indexingStart !== 'manual') {
      picker.showNote(noteItem(vscode.l10n.t('$(sync~spin) Indexing this workspace')));
      if (await confirmCost(parts)) await parts.indexing.start();
    }
    const { text, uri, startLine, endLine } = code;
    const except = { uri: uri.toString(), startLine, endLine };
    const params = { text, limit: 20, except };
    const hits = await parts.api.request('embeddingCache/similar', params, abort.signal);
    if (hits.length > 0) picker.showHits(hits);
    else picker.showNote(noteItem(vscode.l10n.t('No similar code found')));
  } catch (error) {
    picker.quickPick.hide();
    // Closing the picker has cancelled the request: nobody waits for it any more.
    if (!abort.signal.aborted) throw error;
  } finally {
    picker.quickPick.busy = false;
  }
  await closed;
}
