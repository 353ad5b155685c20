import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import { askToRerank } from '../ui/ask-to-rerank.ts';
import { askToSend, type Consented } from '../ui/ask-to-send.ts';
import { confirmCost } from '../ui/confirm-cost.ts';
import { type SearchScope, showSearchPicker } from '../ui/search-picker.ts';
import { showError } from '../ui/show-error.ts';
import { requireFolder } from './require-folder.ts';

/** Quick search. The first use in a workspace indexes it, and shows hits as they come. */
export async function searchWorkspace(parts: Parts): Promise<void> {
  await searchWithin(parts, { title: vscode.l10n.t('Search Workspace'), filters: {} });
}

/** The same, limited to some files. */
export async function searchWithin(parts: Parts, scope: SearchScope): Promise<void> {
  if (!(await requireFolder())) return;
  const consented = await askToSend(parts);
  if (consented === 'refused') return;
  await askToRerank(parts, { again: false });
  await parts.use.markUsed();
  const picked = showSearchPicker(parts, scope);
  prepare(parts, consented).catch((error: unknown) => showError(error, parts.log));
  await picked;
}

async function prepare(parts: Parts, consented: Consented): Promise<void> {
  const stats = await parts.stats.refresh(new AbortController().signal);
  const byItself = parts.sync.settings().indexingStart !== 'manual';
  if (stats.workspace.kind !== 'notIndexed' || !byItself) return;
  if (consented !== 'allowedKnowingCost' && !(await confirmCost(parts))) return;
  parts.log.info(`indexing ${vscode.workspace.name ?? ''} on first use`);
  await parts.indexing.start();
}
