import * as vscode from 'vscode';
import type { GarbageParams, GarbageReport } from '../../../server/protocol/maintain.ts';
import type { SpaceStats, Stats } from '../../../server/protocol/stats.ts';
import type { Parts } from '../parts.ts';
import { maintain } from '../ui/maintain.ts';
import { cleanedUpWords, cleanUpQuestion } from '../ui/maintenance-words.ts';
import { bytes, count } from '../ui/numbers.ts';

type Rules = Omit<GarbageParams, 'dryRun'>;

interface Choice extends vscode.QuickPickItem {
  /** Null when the user thought better of it. */
  readonly rules?: () => Promise<Rules | null>;
}

/** Asks what may go, shows what that is, and removes it when the user agrees. */
export async function cleanUpCache(parts: Parts): Promise<GarbageReport | null> {
  const stats = await parts.stats.refresh(new AbortController().signal);
  const picked = await vscode.window.showQuickPick(choices(stats), {
    title: vscode.l10n.t('Clean Up Cache'),
    placeHolder: vscode.l10n.t(
      'What may go? Nothing is removed before you have seen how much it is.',
    ),
  });
  const rules = await picked?.rules?.();
  if (!rules) return null;
  const looking = vscode.l10n.t('looking for what can go');
  const preview = await maintain(parts, looking, 'collectGarbage', { ...rules, dryRun: true });
  if (preview.embeddings.removed + preview.texts.removed === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is nothing to clean up.'));
    return null;
  }
  const locale = vscode.env.language;
  const { message, detail } = cleanUpQuestion(preview, locale, vscode.l10n);
  const yes = vscode.l10n.t('Clean Up');
  const answer = await vscode.window.showWarningMessage(message, { modal: true, detail }, yes);
  if (answer !== yes) return null;
  const cleaning = vscode.l10n.t('cleaning up');
  const report = await maintain(parts, cleaning, 'collectGarbage', { ...rules, dryRun: false });
  void vscode.window.showInformationMessage(cleanedUpWords(report, locale, vscode.l10n));
  return report;
}

function choices({ spaces }: Stats): Choice[] {
  const locale = vscode.env.language;
  const held = spaces.filter(({ embeddings }) => embeddings > 0);
  const separator = { kind: vscode.QuickPickItemKind.Separator };
  return [
    unused(vscode.l10n.t('Not used for a month'), 30),
    unused(vscode.l10n.t('Not used for three months'), 90),
    unused(vscode.l10n.t('Not used for a year'), 365),
    {
      label: vscode.l10n.t('Least recently used, down to a size…'),
      rules: () => askForSize(spaces),
    },
    {
      label: vscode.l10n.t('Only texts that no embedding needs'),
      rules: () => Promise.resolve({}),
    },
    { label: vscode.l10n.t('All of a model'), ...separator },
    ...held.map((space) => ({
      label: space.model,
      description: vscode.l10n.t(
        '{0} dimensions, {1} embeddings, {2}',
        space.dimensions,
        count(space.embeddings, locale),
        bytes(space.bytes, locale),
      ),
      rules: () => Promise.resolve({ everything: true, spaceIds: [space.id] }),
    })),
  ];
}

function unused(label: string, olderThanDays: number): Choice {
  return { label, rules: () => Promise.resolve({ olderThanDays }) };
}

const MEGABYTE = 1_000_000;

async function askForSize(spaces: readonly SpaceStats[]): Promise<Rules | null> {
  const now = spaces.reduce((sum, space) => sum + space.bytes, 0);
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t('Clean Up Cache'),
    prompt: vscode.l10n.t(
      'Most megabytes that vectors and texts may fill. Vectors fill {0} now.',
      bytes(now, vscode.env.language),
    ),
    value: String(Math.max(1, Math.ceil(now / 2 / MEGABYTE))),
    validateInput: (text) =>
      /^\d{1,9}$/.test(text.trim()) ? null : vscode.l10n.t('A whole number of megabytes'),
  });
  return answer === undefined ? null : { maxBytes: Number(answer.trim()) * MEGABYTE };
}
