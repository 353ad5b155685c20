import * as vscode from 'vscode';
import { endpointOf, isLoopback, originOf } from '../endpoint.ts';
import type { Parts } from '../parts.ts';
import type { ProviderKind } from '../settings.ts';
import { askToSend } from '../ui/ask-to-send.ts';
import { confirmCost } from '../ui/confirm-cost.ts';
import { type ModelRow, modelRows } from '../ui/model-rows.ts';
import { askForKey } from './set-api-key.ts';

/** Chooses who turns text into vectors, for all workspaces, and asks for what that needs. */
export async function selectModel(parts: Parts): Promise<void> {
  const row = await pickModel(parts);
  if (row === undefined) return;
  if (row.provider !== 'embedded' && !vscode.workspace.isTrusted) {
    await vscode.commands.executeCommand('workbench.trust.manage');
    return;
  }
  if (row.provider === 'openaiCompatible') {
    if (!(await useCompatibleServer(parts))) return;
  } else {
    await update({ provider: row.provider, model: row.model, dimensions: undefined });
  }
  if (row.provider === 'openai' && !(await hasKey(parts))) return;
  await follow(parts);
}

async function pickModel(parts: Parts): Promise<ModelRow | undefined> {
  const settings = parts.sync.settings();
  const rows = modelRows(settings, vscode.workspace.isTrusted, vscode.l10n);
  const items = rows.flatMap((row, i) =>
    row.group === rows[i - 1]?.group
      ? [row]
      : [{ label: row.group, kind: vscode.QuickPickItemKind.Separator }, row],
  );
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Select Embedding Model'),
    placeHolder: vscode.l10n.t('What is embedded stays: changing back costs nothing'),
    matchOnDescription: true,
  });
  return rows.find((row) => row === picked);
}

/** Asks for address and model. False when the user left. */
async function useCompatibleServer(parts: Parts): Promise<boolean> {
  const settings = parts.sync.settings();
  const baseUrl = await vscode.window.showInputBox({
    title: vscode.l10n.t('OpenAI-Compatible Server (1/2)'),
    prompt: vscode.l10n.t('Address of vLLM, LM Studio, TEI, llama.cpp, LiteLLM or the like'),
    placeHolder: 'http://127.0.0.1:1234/v1',
    value: settings.compatibleBaseUrl,
    ignoreFocusOut: true,
    validateInput: (value) =>
      originOf(value.trim()) === null
        ? vscode.l10n.t('An https:// address, or http:// on this computer.')
        : null,
  });
  if (baseUrl === undefined) return false;
  const model = await vscode.window.showInputBox({
    title: vscode.l10n.t('OpenAI-Compatible Server (2/2)'),
    prompt: vscode.l10n.t('Name of the embedding model, as the server calls it'),
    value: settings.provider === 'openaiCompatible' ? settings.model : '',
    ignoreFocusOut: true,
    validateInput: (value) => (value.trim() === '' ? vscode.l10n.t('Enter a model name.') : null),
  });
  if (model === undefined) return false;
  await update({
    'openaiCompatible.baseUrl': baseUrl.trim(),
    provider: 'openaiCompatible' satisfies ProviderKind,
    model: model.trim(),
    dimensions: undefined,
  });
  const origin = originOf(baseUrl.trim());
  // A server on this computer seldom wants a key; one elsewhere may say so when asked.
  return origin === null || isLoopback(origin) || (await hasKey(parts)) || true;
}

/** Whether a key is stored for the configured endpoint, asking for one where not. */
async function hasKey(parts: Parts): Promise<boolean> {
  const endpoint = endpointOf(parts.sync.settings());
  if (endpoint?.origin == null) return false;
  const owner = { provider: endpoint.provider, origin: endpoint.origin };
  return (await parts.keys.get(owner)) !== null || (await askForKey(parts, owner));
}

/** A workspace in use follows at once; any other when it is next used. */
async function follow(parts: Parts): Promise<void> {
  if (!parts.use.used || (vscode.workspace.workspaceFolders ?? []).length === 0) return;
  const consented = await askToSend(parts);
  if (consented === 'refused') return;
  await parts.sync.push(parts.server, parts.api);
  if (consented === 'allowed' && !(await confirmCost(parts))) return;
  await parts.indexing.start();
}

/** Writes user settings; undefined takes one back to its default. */
async function update(values: Record<string, string | undefined>): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('embeddingCache');
  for (const [key, value] of Object.entries(values)) {
    await configuration.update(key, value, vscode.ConfigurationTarget.Global);
  }
}
