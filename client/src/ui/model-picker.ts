import * as vscode from 'vscode';
import type { ModelList } from '../../../server/protocol/models.ts';
import { isLoopback } from '../endpoint.ts';
import type { Parts } from '../parts.ts';
import { type ModelRow, groupName, modelRows } from './model-rows.ts';

type Item = vscode.QuickPickItem & { readonly row?: ModelRow };

/** Lets the user choose a model; undefined when they leave. What is cached is filled in as it is known. */
export async function pickModel(parts: Parts): Promise<ModelRow | undefined> {
  const picker = vscode.window.createQuickPick<Item>();
  const abort = new AbortController();
  picker.title = vscode.l10n.t('Select Embedding Model');
  picker.placeholder = vscode.l10n.t('What is embedded stays: changing back costs nothing');
  picker.matchOnDescription = true;
  picker.busy = true;
  const owners = await parts.keys.owners();
  const show = (list: ModelList | null): void => {
    const [active] = picker.activeItems;
    picker.items = itemsOf(
      modelRows(
        {
          settings: parts.sync.settings(),
          trusted: vscode.workspace.isTrusted,
          list,
          hasKey: ({ provider, origin }) =>
            owners.some((owner) => owner.provider === provider && owner.origin === origin),
          locale: vscode.env.language,
        },
        vscode.l10n,
      ),
    );
    const again = picker.items.find((item) => item.row?.label === active?.row?.label);
    if (again !== undefined) picker.activeItems = [again];
  };
  show(null);
  const picked = new Promise<ModelRow | undefined>((resolve) => {
    picker.onDidAccept(() => {
      resolve(picker.activeItems[0]?.row);
      picker.hide();
    });
    picker.onDidHide(() => {
      abort.abort();
      resolve(undefined);
      picker.dispose();
    });
  });
  picker.show();
  askForList(parts, abort.signal)
    .then(show)
    .catch((error: unknown) => {
      if (!abort.signal.aborted) parts.log.warn(`listing models: ${String(error)}`);
    })
    .finally(() => {
      if (!abort.signal.aborted) picker.busy = false;
    });
  return picked;
}

function askForList(parts: Parts, signal: AbortSignal): Promise<ModelList> {
  const { ollamaBaseUrl } = parts.sync.settings();
  // In Restricted Mode nothing is probed, and another computer never is.
  const asks =
    vscode.workspace.isTrusted && URL.canParse(ollamaBaseUrl) && isLoopback(ollamaBaseUrl);
  const params = { ollamaBaseUrl: asks ? ollamaBaseUrl : null };
  return parts.api.request('embeddingCache/models', params, signal);
}

function itemsOf(rows: readonly ModelRow[]): Item[] {
  return rows.flatMap((row, i) => {
    const item = { label: row.label, description: row.description, row };
    if (row.group === rows[i - 1]?.group) return [item];
    const kind = vscode.QuickPickItemKind.Separator;
    return [{ label: groupName(row.group, vscode.l10n), kind }, item];
  });
}
