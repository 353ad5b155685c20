import * as vscode from 'vscode';
import type {
  DuplicateGroup,
  DuplicatePlace,
  Duplicates,
  Likeness,
} from '../../../server/protocol/duplicates.ts';
import type { Parts } from '../parts.ts';
import { count } from '../ui/numbers.ts';
import { withoutControls, withoutIcons } from '../ui/plain-text.ts';
import { requireFolder } from './require-folder.ts';

const mostGroups = 200;

/** Code that is there more than once: how alike, which group, which place; then a comparison. */
export async function findDuplicates(parts: Parts): Promise<void> {
  if (!(await requireFolder())) return;
  const likeness = await askLikeness();
  if (likeness === null) return;
  await parts.use.markUsed();
  const found = await search(parts, likeness);
  if (found === null) return;
  if (found.groups.length === 0) {
    await vscode.window.showInformationMessage(vscode.l10n.t('No duplicates found.'));
    return;
  }
  const group = await vscode.window.showQuickPick(found.groups.map(groupRow), {
    title: vscode.l10n.t('Duplicates'),
    placeHolder: vscode.l10n.t('Type to filter'),
    matchOnDetail: true,
  });
  if (group !== undefined) await showPlaces(group.group);
}

async function askLikeness(): Promise<Likeness | null> {
  const rows: (vscode.QuickPickItem & { likeness: Likeness })[] = [
    { label: vscode.l10n.t('Exact'), likeness: 'exact' },
    { label: vscode.l10n.t('Near (95%)'), likeness: 'near' },
    { label: vscode.l10n.t('Similar (90%)'), likeness: 'similar' },
  ];
  const title = vscode.l10n.t('Find Duplicates');
  const placeHolder = vscode.l10n.t('How alike must they be?');
  return (await vscode.window.showQuickPick(rows, { title, placeHolder }))?.likeness ?? null;
}

/** Null when it was cancelled. */
async function search(parts: Parts, likeness: Likeness): Promise<Duplicates | null> {
  const abort = new AbortController();
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Embedding Cache: finding duplicates'),
      cancellable: true,
    },
    async (progress, token) => {
      token.onCancellationRequested(() => {
        abort.abort();
      });
      const locale = vscode.env.language;
      try {
        const stats = await parts.stats.refresh(abort.signal);
        if (stats.workspace.kind === 'notIndexed') await parts.indexing.start();
        return await parts.api.duplicates(
          { likeness, limit: mostGroups },
          ({ done, total }) => {
            const [now, all] = [count(done, locale), count(total, locale)];
            progress.report({ message: vscode.l10n.t('{0} of {1} chunks', now, all) });
          },
          abort.signal,
        );
      } catch (error) {
        if (abort.signal.aborted) return null;
        throw error;
      }
    },
  );
}

function groupRow(group: DuplicateGroup): vscode.QuickPickItem & { group: DuplicateGroup } {
  const locale = vscode.env.language;
  const { lines, likeness, places } = group;
  return {
    group,
    label: vscode.l10n.t(
      '{0} copies · {1} lines · {2}%',
      count(places.length, locale),
      count(lines, locale),
      Math.floor(likeness * 100),
    ),
    detail: places.map(placeText).join(', '),
  };
}

async function showPlaces({ places }: DuplicateGroup): Promise<void> {
  const [first] = places;
  const rows = places.map((place) => ({
    label: `$(file) ${placeText(place)}`,
    description: place === first ? '' : vscode.l10n.t('Compare with {0}', placeText(first!)),
    place,
  }));
  const chosen = await vscode.window.showQuickPick(rows, {
    title: vscode.l10n.t('Duplicates'),
    placeHolder: vscode.l10n.t('The first opens; any other is compared with it'),
  });
  if (chosen === undefined) return;
  const { place } = chosen;
  const selection = new vscode.Range(place.startLine - 1, 0, place.endLine, 0);
  if (place === first) {
    await vscode.window.showTextDocument(vscode.Uri.parse(place.uri), { selection });
    return;
  }
  await vscode.commands.executeCommand(
    'vscode.diff',
    vscode.Uri.parse(first!.uri),
    vscode.Uri.parse(place.uri),
    `${placeText(first!)} ↔ ${placeText(place)}`,
    { selection },
  );
}

function placeText({ path, startLine, endLine }: DuplicatePlace): string {
  return withoutIcons(withoutControls(`${path}:${startLine}–${endLine}`));
}
