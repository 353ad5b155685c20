import type { FileExplanation } from '../../../server/protocol/explain.ts';
import type { L10n } from '../l10n.ts';
import { count } from './numbers.ts';

/** One sentence: whether a file is indexed, and why. */
export function explanationWords(explained: FileExplanation, locale: string, l10n: L10n): string {
  const { reason, rule, chunks } = explained;
  switch (reason) {
    case 'indexed':
      return chunks.length === 1
        ? l10n.t('Indexed, as one chunk.')
        : l10n.t('Indexed, as {0} chunks.', count(chunks.length, locale));
    case 'looksSecret': {
      const secret = chunks.filter(({ looksSecret }) => looksSecret).length;
      return l10n.t(
        'Indexed, but not sent where it looks like it holds a key or password: {0} of {1} chunks. Words find them all the same.',
        count(secret, locale),
        count(chunks.length, locale),
      );
    }
    case 'notYet':
      return l10n.t('Not indexed yet.');
    case 'ignored':
      if (rule === null) return l10n.t('Not indexed: it is ignored.');
      return rule.line === null
        ? l10n.t('Not indexed: {0} in the setting {1} leaves it out.', rule.pattern, rule.source)
        : l10n.t(
            'Not indexed: {0}, line {1} leaves it out: {2}',
            rule.source,
            count(rule.line, locale),
            rule.pattern,
          );
    case 'tooLarge':
      return l10n.t(
        'Not indexed: it is larger than the setting embeddingCache.indexing.maxFileSizeKb allows.',
      );
    case 'generated':
      return l10n.t('Not indexed: it is generated or minified, as its name or its text says.');
    case 'binary':
      return l10n.t('Not indexed: it is binary, as its name or its content says.');
    case 'secretName':
      return l10n.t(
        'Not indexed: its name says that it may hold keys or passwords. Such files are never read.',
      );
    case 'unreadable':
      return l10n.t('Not indexed: it cannot be read.');
    case 'toolFolder':
      return l10n.t(
        'Not indexed: it is in a folder of installed packages, version control or a tool’s cache.',
      );
    case 'link':
      return l10n.t(
        'Not indexed: it is a symbolic link, or is reached by one. Links are not followed.',
      );
    case 'noFile':
      return l10n.t('Not indexed: it is not a file.');
    case 'missing':
      return l10n.t('Not indexed: there is no such file on disk.');
    case 'outside':
      return l10n.t('Not indexed: it is in none of the open folders.');
    default:
      return reason satisfies never;
  }
}
