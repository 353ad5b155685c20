import * as vscode from 'vscode';
import type { CostPreview } from '../../../server/protocol/index-report.ts';
import { endpointOf } from '../endpoint.ts';
import type { Parts } from '../parts.ts';
import { costDetail, costQuestion } from './cost-words.ts';
import { countCost, countSilently, hostOf, showCostList } from './preview-cost.ts';

/** Asks before an indexing run that would cost more than the user set. False: do not index. */
export async function confirmCost(parts: Parts): Promise<boolean> {
  if (!mayCost(parts)) return true;
  const preview = await countCost(parts);
  if (preview === 'stopped') return false;
  if (preview === 'unknown' || !isDear(parts, preview)) return true;
  const index = vscode.l10n.t('Index');
  const showFiles = vscode.l10n.t('Show Files');
  const facts = {
    host: hostOf(parts),
    monthlyUsd: parts.sync.settings().monthlyUsd,
    locale: vscode.env.language,
  };
  const question = costQuestion(preview, facts.locale, vscode.l10n);
  const detail = costDetail(preview, facts, vscode.l10n);
  let answer = await vscode.window.showWarningMessage(
    question,
    { modal: true, detail },
    index,
    showFiles,
  );
  if (answer === showFiles) {
    await showCostList(parts, preview);
    // A dialog would cover the list that is to be read now.
    answer = await vscode.window.showWarningMessage(`${question} ${detail}`, index);
  }
  if (answer !== index) return false;
  await parts.consent.agreeTo(preview.costUsd ?? 0);
  return true;
}

/** Whether indexing may start without a question, because nobody is there to ask. */
export async function isWithinAgreed(parts: Parts): Promise<boolean> {
  if (!mayCost(parts)) return true;
  const preview = await countSilently(parts, new AbortController().signal);
  if (preview === 'unknown' || !isDear(parts, preview)) return true;
  parts.log.info(
    `indexing would cost about $${(preview.costUsd ?? 0).toFixed(2)}: waiting for “Index Workspace”`,
  );
  return false;
}

function mayCost(parts: Parts): boolean {
  return vscode.workspace.isTrusted && endpointOf(parts.sync.settings()) !== null;
}

function isDear({ consent, sync }: Parts, { costUsd }: CostPreview): boolean {
  return (costUsd ?? 0) > Math.max(sync.settings().confirmAboveUsd, consent.agreedUsd);
}
