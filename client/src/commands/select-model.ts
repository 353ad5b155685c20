import * as vscode from 'vscode';
import { endpointOf, originOf } from '../endpoint.ts';
import type { Choice } from '../model-choice.ts';
import type { Parts } from '../parts.ts';
import { knownProvider } from '../providers.ts';
import { askToSend } from '../ui/ask-to-send.ts';
import { confirmCost } from '../ui/confirm-cost.ts';
import { pickModel } from '../ui/model-picker.ts';
import { type ModelRow, defaultModel } from '../ui/model-rows.ts';
import { installRuntime } from './install-runtime.ts';
import { askForKey } from './set-api-key.ts';

/** Chooses who turns text into vectors, here or everywhere, and asks for what that needs. */
export async function selectModel(parts: Parts): Promise<void> {
  const row = await pickModel(parts);
  if (row === undefined) return;
  if (row.provider !== 'embedded' && !vscode.workspace.isTrusted) {
    await vscode.commands.executeCommand('workbench.trust.manage');
    return;
  }
  if (row.needs === 'settings') {
    const id = `embeddingCache.${row.provider}`;
    await vscode.commands.executeCommand('workbench.action.openSettings', id);
    return;
  }
  const choice = row.needs === 'server' ? await askForServer(parts) : choiceOf(row);
  if (choice === null || !(await hasKey(parts, choice))) return;
  if (row.needs === 'runtime' && !(await installRuntime(parts))) return;
  const scope = await pickScope();
  if (scope === undefined) return;
  await apply(parts, choice, scope);
  await follow(parts);
}

function choiceOf({ provider, model }: ModelRow): Choice {
  // The default stays unnamed, so that it follows when a provider's default changes.
  return { provider, model: model === defaultModel(provider) ? '' : model, dimensions: null };
}

/** Asks for address and model. Null when the user left. */
async function askForServer(parts: Parts): Promise<Choice | null> {
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
  if (baseUrl === undefined) return null;
  const model = await vscode.window.showInputBox({
    title: vscode.l10n.t('OpenAI-Compatible Server (2/2)'),
    prompt: vscode.l10n.t('Name of the embedding model, as the server calls it'),
    value: settings.provider === 'openaiCompatible' ? settings.model : '',
    ignoreFocusOut: true,
    validateInput: (value) => (value.trim() === '' ? vscode.l10n.t('Enter a model name.') : null),
  });
  if (model === undefined) return null;
  await update({ 'openaiCompatible.baseUrl': baseUrl.trim() });
  return { provider: 'openaiCompatible', model: model.trim(), dimensions: null };
}

/** Whether the choice can be used: asks for a key where one is needed and none is stored. */
async function hasKey(parts: Parts, choice: Choice): Promise<boolean> {
  const endpoint = endpointOf({ ...parts.sync.settings(), ...choice });
  if (endpoint?.origin == null || !knownProvider(choice.provider).needsKey) return true;
  const owner = { provider: endpoint.provider, origin: endpoint.origin };
  return (await parts.keys.get(owner)) !== null || (await askForKey(parts, owner));
}

type Scope = 'workspace' | 'everywhere';

async function pickScope(): Promise<Scope | undefined> {
  if ((vscode.workspace.workspaceFolders ?? []).length === 0) return 'everywhere';
  const rows: (vscode.QuickPickItem & { scope: Scope })[] = [
    { label: vscode.l10n.t('This Workspace'), scope: 'workspace' },
    { label: vscode.l10n.t('Everywhere'), scope: 'everywhere' },
  ];
  const title = vscode.l10n.t('Use This Model In');
  return (await vscode.window.showQuickPick(rows, { title }))?.scope;
}

async function apply(parts: Parts, choice: Choice, scope: Scope): Promise<void> {
  if (scope === 'workspace') {
    await parts.model.choose(choice);
    return;
  }
  const { provider, model } = choice;
  await update({ provider, model: model === '' ? undefined : model, dimensions: undefined });
  await parts.model.choose(null);
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
