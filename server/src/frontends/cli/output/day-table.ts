import type { DayOfUsage } from '../../../core/core.ts';
import { dollars, figure } from './figures.ts';
import { table } from './stats-table.ts';

export function daysJson(days: readonly DayOfUsage[]): string {
  return `${JSON.stringify(days)}\n`;
}

/** Use by day and model, for a person to read. */
export function dayTable(days: readonly DayOfUsage[]): string {
  if (days.length === 0) return 'Nothing embedded yet.\n';
  const rows = days.map((of) => [
    of.day,
    of.model === null ? of.space : `${of.provider ?? ''} ${of.model}`,
    of.dimensions === null ? '' : String(of.dimensions),
    ...[of.hits, of.misses, of.requests, of.tokens].map(figure),
    dollars(of.costUsd),
    dollars(of.savedUsd),
  ]);
  const header = 'day model dimensions hits misses requests tokens paid saved'.split(' ');
  return `${table([header, ...rows]).join('\n')}\n`;
}
