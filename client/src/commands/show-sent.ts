import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import { sentList } from '../ui/sent-list.ts';

const limit = 1000;

/** Opens the log of what left this computer: which file's text, where to, when, at what price. */
export async function showSent(parts: Parts): Promise<void> {
  const { signal } = new AbortController();
  const entries = await parts.api.request('embeddingCache/sent', { limit }, signal);
  const withheld = parts.indexing.report?.withheld.looksSecret ?? [];
  await parts.documents.show('sent', sentList(entries, withheld, vscode.env.language, vscode.l10n));
}
