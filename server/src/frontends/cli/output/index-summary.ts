import type { IndexReport } from '../../../core/core.ts';
import { usdPerMillionTokens } from '../../../core/usage/prices.ts';
import { oneLine } from '../terminal.ts';
import { count, dollars, figure } from './figures.ts';

/** The report as the CLI contract has it; `failures`, `withheld` are there only if there are any. */
export function indexJson(report: IndexReport): string {
  const { folder, files, chunks, provider, seconds, failures, withheld } = report;
  const kept = withheld.looksSecret.length + withheld.overBudget > 0;
  const more = {
    ...(failures.length === 0 ? {} : { failures }),
    ...(kept ? { withheld } : {}),
  };
  return `${JSON.stringify({ folder, files, chunks, provider, seconds, ...more })}\n`;
}

/** What an index run did, or would do, for a person to read. */
export function indexSummary(report: IndexReport, dryRun: boolean): string {
  const { files, chunks, provider } = report;
  const changed = dryRun ? 'to index' : 'indexed';
  const lines = [
    `${dryRun ? 'Looked through' : 'Indexed'} ${report.folder} in ${report.seconds.toFixed(1)} s`,
    `  files     ${count(files.total, 'file')}: ${files.indexed} ${changed}, ${files.unchanged} unchanged, ${files.skipped} skipped`,
    `  chunks    ${count(chunks.total, 'chunk')}: ${count(chunks.hits, 'hit')}, ${count(chunks.misses, 'miss')}`,
    `  provider  ${provider.name} ${provider.model}, ${count(provider.dimensions, 'dimension')}`,
    `  sent      ${sent(report, dryRun)}`,
    closing(report, dryRun),
  ];
  return `${lines.join('\n')}\n`;
}

const FAILURES_SHOWN = 5;
const PLACES_SHOWN = 20;

/** Chunks without a vector; empty if there are none. Words still find them. */
export function indexFailures({ failures }: IndexReport): string {
  if (failures.length === 0) return '';
  const shown = failures
    .slice(0, FAILURES_SHOWN)
    .map((at) => `  ${oneLine(at.path)}:${at.startLine}-${at.endLine}  ${oneLine(at.reason)}`);
  const more = failures.length - shown.length;
  const lines = [
    `${count(failures.length, 'chunk')} got no vector; searching by words still finds them:`,
    ...shown,
    ...(more > 0 ? [`  and ${figure(more)} more`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** Chunks that stayed on this computer; empty if there are none. */
export function indexWithheld({ withheld }: IndexReport, dryRun: boolean): string {
  const { looksSecret, overBudget } = withheld;
  const lines: string[] = [];
  if (looksSecret.length > 0) {
    const held = dryRun ? 'would not be sent' : 'not sent';
    lines.push(
      `${count(looksSecret.length, 'chunk')} ${held} because of what looks like a secret:`,
      ...looksSecret
        .slice(0, PLACES_SHOWN)
        .map((at) => `  ${oneLine(at.path)}:${at.startLine}-${at.endLine}`),
    );
    const more = looksSecret.length - PLACES_SHOWN;
    if (more > 0) lines.push(`  and ${figure(more)} more`);
  }
  if (overBudget > 0) {
    lines.push(
      `${count(overBudget, 'chunk')} not sent: the limit for this month is reached. Raise it with --monthly-limit and run this again; searching by words finds them meanwhile.`,
    );
  }
  return lines.map((line) => `${line}\n`).join('');
}

function sent({ chunks, provider }: IndexReport, dryRun: boolean): string {
  const price = usdPerMillionTokens(provider.name, provider.model);
  if (price === 0) return 'nothing: the model runs on this computer';
  if (provider.requests === 0 && !(dryRun && chunks.misses > 0)) return 'nothing';
  const cost = price === null ? 'price unknown' : dollars(provider.costUsd);
  const tokens = `${count(provider.tokens, 'token')}, ${cost}`;
  return dryRun ? `would be about ${tokens}` : `${count(provider.requests, 'request')}, ${tokens}`;
}

function closing({ chunks }: IndexReport, dryRun: boolean): string {
  if (dryRun) return 'This was a dry run: nothing was sent or stored.';
  if (chunks.total === 0) return 'There is nothing to search in this folder.';
  if (chunks.misses === 0) return 'Nothing was embedded again.';
  return `${count(chunks.misses, 'text')} embedded, never to be embedded again.`;
}
