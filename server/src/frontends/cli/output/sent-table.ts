import type { SentEntry } from '../../../core/core.ts';
import { oneLine } from '../terminal.ts';
import { count, dollars } from './figures.ts';

/** All of them as one JSON array; never a text. */
export function sentJson(entries: readonly SentEntry[]): string {
  return `${JSON.stringify(entries)}\n`;
}

function what({ kind, texts }: SentEntry): string {
  if (kind === 'query') return 'a search';
  return kind === 'rerank' ? `${count(texts, 'hit')} to rerank` : count(texts, 'text');
}

/** What was sent where and when, for a person to read. */
export function sentTable(entries: readonly SentEntry[]): string {
  if (entries.length === 0) return 'Nothing was sent yet.\n';
  const lines = entries.flatMap((entry) => [
    [
      `${entry.at.toISOString()}  ${entry.host}  ${entry.model}`,
      what(entry),
      count(entry.tokens, 'token'),
      entry.costUsd === null ? 'price unknown' : dollars(entry.costUsd),
    ].join('  '),
    ...entry.files.map(({ path, texts }) => `  ${oneLine(path)}  ${count(texts, 'text')}`),
  ]);
  return `${lines.join('\n')}\n`;
}
