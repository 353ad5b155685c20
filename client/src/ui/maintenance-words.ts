import type {
  ExportReport,
  GarbageReport,
  ImportReport,
  VerifyReport,
} from '../../../server/protocol/maintain.ts';
import type { L10n } from '../l10n.ts';
import { bytes, count, usd } from './numbers.ts';

/** What is said of looking after the cache. `locale` is a BCP 47 tag. */

export function verifiedWords(
  { checked, found }: VerifyReport,
  locale: string,
  l10n: L10n,
): string {
  const facts = l10n.t(
    '{0} embeddings and {1} texts checked.',
    count(checked.embeddings, locale),
    count(checked.texts, locale),
  );
  const words = [facts];
  if (found.damagedRows === 0 && found.damagedFiles === 0) words.push(l10n.t('All good.'));
  if (found.damagedRows > 0) {
    const damaged = count(found.damagedRows, locale);
    words.push(
      found.damagedRows === 1
        ? l10n.t('1 is damaged. When it is removed, it is embedded again when it is needed.')
        : l10n.t(
            '{0} are damaged. When they are removed, they are embedded again when they are needed.',
            damaged,
          ),
    );
  }
  if (found.damagedFiles > 0) {
    words.push(
      found.damagedFiles === 1
        ? l10n.t('1 file is damaged and was kept; the log names it.')
        : l10n.t(
            '{0} files are damaged and were kept; the log names them.',
            count(found.damagedFiles, locale),
          ),
    );
  }
  return words.join(' ');
}

export function repairedWords(
  { removedRows, renewedFiles }: VerifyReport['repaired'],
  locale: string,
  l10n: L10n,
): string {
  const rows =
    removedRows === 1
      ? l10n.t('Removed 1 damaged row.')
      : l10n.t('Removed {0} damaged rows.', count(removedRows, locale));
  if (renewedFiles === 0) return rows;
  const files =
    renewedFiles === 1
      ? l10n.t('Brought what can be read of 1 damaged file into a new one.')
      : l10n.t(
          'Brought what can be read of {0} damaged files into new ones.',
          count(renewedFiles, locale),
        );
  return removedRows === 0 ? files : `${rows} ${files}`;
}

export interface Question {
  readonly message: string;
  readonly detail: string;
}

export function cleanUpQuestion(
  { embeddings, texts, bytes: size, costUsd }: GarbageReport,
  locale: string,
  l10n: L10n,
): Question {
  const removed = count(embeddings.removed, locale);
  const all = count(embeddings.total, locale);
  const message =
    embeddings.removed > 0
      ? l10n.t('Remove {0} of {1} embeddings?', removed, all)
      : l10n.t('Remove {0} texts that no embedding needs?', count(texts.removed, locale));
  const room = l10n.t(
    'This frees about {0} of {1}.',
    bytes(size.before - size.after, locale),
    bytes(size.before, locale),
  );
  const again =
    embeddings.removed === 0
      ? []
      : costUsd > 0
        ? [
            l10n.t(
              'They are embedded again when they are needed, for about {0} in all.',
              usd(costUsd, locale),
            ),
          ]
        : [l10n.t('They are embedded again when they are needed.')];
  return { message, detail: [room, ...again, l10n.t('This cannot be undone.')].join(' ') };
}

export function cleanedUpWords(
  { embeddings, bytes: size }: GarbageReport,
  locale: string,
  l10n: L10n,
) {
  return l10n.t(
    'Removed {0} embeddings. Vectors and texts fill {1} now.',
    count(embeddings.removed, locale),
    bytes(size.after, locale),
  );
}

export function deleteQuestion(
  { embeddings, costUsd }: GarbageReport,
  locale: string,
  l10n: L10n,
): Question {
  const again =
    costUsd > 0
      ? l10n.t('Making them again would cost about {0}.', usd(costUsd, locale))
      : l10n.t('They can be made again for nothing, by indexing.');
  return {
    message: l10n.t('Delete {0} embeddings?', count(embeddings.removed, locale)),
    detail: `${l10n.t('They serve all workspaces.')} ${again} ${l10n.t('This cannot be undone.')}`,
  };
}

export function exportedWords(
  { embeddings, damaged }: ExportReport,
  name: string,
  locale: string,
  l10n: L10n,
): string {
  const exported = l10n.t('Exported {0} embeddings to {1}.', count(embeddings, locale), name);
  return damaged === 0
    ? exported
    : `${exported} ${l10n.t('{0} damaged ones were left out.', count(damaged, locale))}`;
}

export function importedWords(
  { added, present, refused, leftOut, complete, modelMissing }: ImportReport,
  locale: string,
  l10n: L10n,
): string {
  const words = [
    l10n.t(
      '{0} embeddings imported, {1} were there already.',
      count(added, locale),
      count(present, locale),
    ),
  ];
  if (refused > 0) words.push(l10n.t('{0} were refused as damaged.', count(refused, locale)));
  if (leftOut > 0) {
    words.push(
      l10n.t('{0} were left out: their texts are too long, or missing.', count(leftOut, locale)),
    );
  }
  if (modelMissing) {
    words.push(
      l10n.t('Their model does not run on this computer yet: import them again once it does.'),
    );
  }
  if (!complete) {
    words.push(
      l10n.t('A part of the pack is damaged or missing: get it again and import it for the rest.'),
    );
  }
  return words.join(' ');
}
