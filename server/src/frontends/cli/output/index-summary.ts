import type { Core, IndexReport } from '../../../core/core.ts';
import type { Shortened } from '../../../core/providers/provider.ts';
import { oneLine } from '../terminal.ts';
import { count, dollars, figure } from './figures.ts';

/** The report as the CLI contract has it; `failures`, `withheld`, `shortened` only if there are any. */
export function indexJson(report: IndexReport): string {
  const { folder, files, chunks, provider, seconds, failures, withheld, shortened } = report;
  const kept = withheld.looksSecret.length + withheld.overBudget > 0;
  const more = {
    ...(failures.length === 0 ? {} : { failures }),
    ...(shortened.length === 0 ? {} : { shortened }),
    ...(kept ? { withheld } : {}),
  };
  return `${JSON.stringify({ folder, files, chunks, provider, seconds, ...more })}\n`;
}

/** What an index run did, or would do, for a person to read. */
export function indexSummary(
  report: IndexReport,
  dryRun: boolean,
  priceOf: Core['priceOf'],
): string {
  const { files, chunks, provider } = report;
  const changed = dryRun ? 'to index' : 'indexed';
  const lines = [
    `${dryRun ? 'Looked through' : 'Indexed'} ${report.folder} in ${report.seconds.toFixed(1)} s`,
    `  files     ${count(files.total, 'file')}: ${files.indexed} ${changed}, ${files.unchanged} unchanged, ${files.skipped} skipped`,
    `  chunks    ${count(chunks.total, 'chunk')}: ${count(chunks.hits, 'hit')}, ${count(chunks.misses, 'miss')}`,
    `  provider  ${provider.name} ${provider.model}, ${count(provider.dimensions, 'dimension')}`,
    `  sent      ${sent(report, dryRun, priceOf)}`,
    closing(report, dryRun),
  ];
  return `${lines.join('\n')}\n`;
}

const REMARKS_SHOWN = 5;
const PLACES_SHOWN = 20;

/** Chunks without a vector, which words still find, and chunks with one that needs a word. */
export function indexRemarks({ failures, shortened }: IndexReport): string {
  const lines = [
    ...placesUnder(
      `${count(failures.length, 'chunk')} got no vector; searching by words still finds them:`,
      failures.map((at) => `${placeOf(at)}  ${oneLine(at.reason)}`),
    ),
    ...placesUnder(
      `${count(shortened.length, 'chunk')} longer than the model takes:`,
      shortened.map((at) => `${placeOf(at)}  ${SHORTENED_WORDS[at.how]}`),
    ),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

const SHORTENED_WORDS: Readonly<Record<Shortened, string>> = {
  split: 'split, and the vectors of its parts averaged',
  truncated: 'its end was left out',
};

function placesUnder(heading: string, places: readonly string[], most = REMARKS_SHOWN): string[] {
  if (places.length === 0) return [];
  const shown = places.slice(0, most).map((place) => `  ${place}`);
  const more = places.length - shown.length;
  return [heading, ...shown, ...(more > 0 ? [`  and ${figure(more)} more`] : [])];
}

function placeOf(at: { path: string; startLine: number; endLine: number }): string {
  return `${oneLine(at.path)}:${at.startLine}-${at.endLine}`;
}

/** Chunks that stayed on this computer; empty if there are none. */
export function indexWithheld({ withheld }: IndexReport, dryRun: boolean): string {
  const { looksSecret, overBudget } = withheld;
  const lines: string[] = [];
  const held = dryRun ? 'would not be sent' : 'not sent';
  lines.push(
    ...placesUnder(
      `${count(looksSecret.length, 'chunk')} ${held} because of what looks like a secret:`,
      looksSecret.map(placeOf),
      PLACES_SHOWN,
    ),
  );
  if (overBudget > 0) {
    lines.push(
      `${count(overBudget, 'chunk')} not sent: the limit for this month is reached. Raise it with --monthly-limit and run this again; searching by words finds them meanwhile.`,
    );
  }
  return lines.map((line) => `${line}\n`).join('');
}

function sent(
  { chunks, provider }: IndexReport,
  dryRun: boolean,
  priceOf: Core['priceOf'],
): string {
  const price = priceOf(provider.name, provider.model);
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
