import * as vscode from 'vscode';
import type { CostPreview } from '../../../server/protocol/index-report.ts';
import { endpointOf, type Endpoint } from '../endpoint.ts';
import type { Parts } from '../parts.ts';
import { consentDetail } from './cost-words.ts';
import { defaultModel } from './model-rows.ts';
import { type Counted, countCost, showCostList } from './preview-cost.ts';
import { providerName } from './provider-name.ts';

/** Whether a command may go on, and whether its user has just seen what indexing will cost. */
export type Consented = 'refused' | 'allowed' | 'allowedKnowingCost';

/**
 * Asks once per workspace and origin before any text leaves this computer, saying how much that
 * would be.
 */
export async function askToSend(parts: Parts): Promise<Consented> {
  const endpoint = endpointOf(parts.sync.settings());
  // Without trust the built-in model answers; an unusable address is the server's error to report.
  if (endpoint?.origin == null || !vscode.workspace.isTrusted) return 'allowed';
  if (parts.consent.allows(endpoint)) return 'allowed';

  const result = await countIfPossible(parts);
  if (result === 'stopped') return 'refused';
  const counted = result === 'unknown' ? null : result;
  const answer = await ask(endpoint, endpoint.origin, counted, { modal: true });
  if (answer !== 'showFiles' || counted === null)
    return act(parts, endpoint.origin, answer, counted);
  await showCostList(parts, counted);
  // A dialog would cover the list that is to be read now.
  const later = await ask(endpoint, endpoint.origin, counted, { modal: false });
  return act(parts, endpoint.origin, later, counted);
}

async function countIfPossible(parts: Parts): Promise<Counted> {
  if ((vscode.workspace.workspaceFolders ?? []).length === 0) return 'unknown';
  await parts.sync.push(parts.server, parts.api);
  return countCost(parts);
}

type Answer = 'send' | 'showFiles' | 'builtIn' | null;

async function ask(
  endpoint: Endpoint,
  origin: string,
  preview: CostPreview | null,
  { modal }: { modal: boolean },
): Promise<Answer> {
  const { host } = new URL(origin);
  const workspace = vscode.workspace.name ?? vscode.l10n.t('this window');
  const question = vscode.l10n.t('Send code from “{0}” to {1}?', workspace, host);
  const facts = {
    model: endpoint.model || defaultModel(endpoint.provider) || vscode.l10n.t('The model'),
    host,
    provider: providerName(endpoint.provider, vscode.l10n),
    locale: vscode.env.language,
  };
  const detail = consentDetail(preview, facts, vscode.l10n);
  const titles = new Map<string, Answer>([[vscode.l10n.t('Send and Index'), 'send']]);
  if (modal && preview !== null) titles.set(vscode.l10n.t('Show Files'), 'showFiles');
  titles.set(vscode.l10n.t('Use Built-in Model'), 'builtIn');
  const title = modal
    ? await vscode.window.showWarningMessage(question, { modal, detail }, ...titles.keys())
    : await vscode.window.showWarningMessage(`${question} ${detail}`, ...titles.keys());
  return title === undefined ? null : (titles.get(title) ?? null);
}

async function act(
  parts: Parts,
  origin: string,
  answer: Answer,
  preview: CostPreview | null,
): Promise<Consented> {
  switch (answer) {
    case 'send':
      await parts.consent.agreeTo(preview?.costUsd ?? 0);
      await parts.consent.give(origin);
      // What the command asks next must find the server already knowing.
      await parts.sync.push(parts.server, parts.api);
      return preview === null ? 'allowed' : 'allowedKnowingCost';
    case 'builtIn':
      await parts.model.choose({ provider: 'embedded', model: '', dimensions: null });
      await parts.sync.push(parts.server, parts.api);
      return 'allowed';
    case 'showFiles':
    case null:
      return 'refused';
    default:
      return answer satisfies never;
  }
}
