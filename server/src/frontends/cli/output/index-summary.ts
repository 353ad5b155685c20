import type { IndexReport } from '../../../core/core.ts';
import { count, dollars } from './figures.ts';

/** What an index run did, or would do, for a person to read. */
export function indexSummary(report: IndexReport, dryRun: boolean): string {
  const { files, chunks, provider } = report;
  const changed = dryRun ? 'to index' : 'indexed';
  const lines = [
    `${dryRun ? 'Looked through' : 'Indexed'} ${report.folder} in ${report.seconds.toFixed(1)} s`,
    `  files     ${count(files.total, 'file')}: ${files.indexed} ${changed}, ${files.unchanged} unchanged, ${files.skipped} skipped`,
    `  chunks    ${count(chunks.total, 'chunk')}: ${count(chunks.hits, 'hit')}, ${count(chunks.misses, 'miss')}`,
    `  provider  ${provider.name} ${provider.model}, ${count(provider.dimensions, 'dimension')}`,
    `  sent      ${count(provider.requests, 'request')}, ${count(provider.tokens, 'token')}, ${dollars(provider.costUsd)}`,
    closing(report, dryRun),
  ];
  return `${lines.join('\n')}\n`;
}

function closing({ chunks }: IndexReport, dryRun: boolean): string {
  if (dryRun) return 'This was a dry run: nothing was sent or stored.';
  if (chunks.misses === 0) return 'Nothing was embedded again.';
  return `${count(chunks.misses, 'text')} embedded, never to be embedded again.`;
}
