import * as vscode from 'vscode';
import type { EmbedOutcome, EmbedResult } from '../../../server/protocol/embed.ts';
import type { CodeAtCursor } from '../code-at-cursor.ts';
import type { Parts } from '../parts.ts';
import { askToSend } from '../ui/ask-to-send.ts';
import { embedTitle } from '../ui/embed-title.ts';
import { count } from '../ui/numbers.ts';
import { copyNumbers } from './copy-vector.ts';
import { showSimilar } from './find-similar.ts';
import { requireCode } from './require-code.ts';

/** Embeds the selection or the symbol at the cursor, and offers what can be done with its vector. */
export async function embedSelection(parts: Parts): Promise<void> {
  const code = await requireCode();
  if (code === null) return;
  const result = await embedCode(parts, code);
  if (result === null) return;

  const copy = {
    label: vscode.l10n.t('Copy Vector as JSON'),
    description: vscode.l10n.t('{0} numbers', count(result.dimensions, vscode.env.language)),
  };
  const similar = { label: vscode.l10n.t('Find Similar Code'), description: '' };
  const hasFolder = (vscode.workspace.workspaceFolders ?? []).length > 0;
  const picked = await vscode.window.showQuickPick(hasFolder ? [similar, copy] : [copy], {
    title: embedTitle(result, vscode.env.language, vscode.l10n),
  });
  if (picked === copy) await copyNumbers(result.vector);
  if (picked === similar) await showSimilar(parts, code);
}

export interface EmbeddedCode extends EmbedResult {
  readonly outcome: EmbedOutcome & { readonly kind: 'hit' | 'miss' };
  readonly vector: readonly number[];
}

/** Null when the user did not agree to send the text. Throws when it could not be embedded. */
export async function embedCode(parts: Parts, code: CodeAtCursor): Promise<EmbeddedCode | null> {
  if (!(await askToSend(parts))) return null;
  await parts.use.markUsed();
  const params = { texts: [code.text], includeVectors: true };
  const { signal } = new AbortController();
  const result = await parts.api.request('embeddingCache/embed', params, signal);
  const [outcome] = result.outcomes;
  if (outcome === undefined || outcome.kind === 'failed') {
    throw new Error(outcome?.reason ?? 'the server gave no embedding');
  }
  return { ...result, outcome, vector: outcome.vector ?? [] };
}
