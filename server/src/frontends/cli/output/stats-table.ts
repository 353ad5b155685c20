import type { CoreStats, Usage } from '../../../core/core.ts';
import { count, dollars, figure, size } from './figures.ts';

/** The cache's figures, for a person to read. */
export function statsTable(stats: CoreStats): string {
  const lines = [
    `Cache  ${stats.directory}`,
    `       ${count(stats.texts, 'text')}, ${size(stats.bytes)}`,
    '',
    ...(stats.spaces.length === 0 ? ['Nothing embedded yet.'] : table(spaceRows(stats))),
    '',
    ...table([
      ['', 'hits', 'misses', 'requests', 'tokens', 'paid', 'saved'],
      usageRow('today', stats.today),
      usageRow('this month', stats.month),
      usageRow('all time', stats.usage),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function spaceRows({ spaces }: CoreStats): string[][] {
  const header = ['provider', 'model', 'dimensions', 'type', 'embeddings', 'size'];
  const rows = spaces.map((space) => [
    space.provider,
    space.model,
    String(space.dimensions),
    space.type,
    figure(space.embeddings),
    size(space.bytes),
  ]);
  return [header, ...rows];
}

function usageRow(name: string, usage: Usage): string[] {
  return [
    name,
    figure(usage.hits),
    figure(usage.misses),
    figure(usage.requests),
    figure(usage.tokens),
    dollars(usage.costUsd),
    dollars(usage.savedUsd),
  ];
}

/** Columns two spaces apart; those of figures to the right. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const columns = (rows[0] ?? []).map((_, column) => {
    const cells = rows.map((row) => row[column] ?? '');
    return {
      width: Math.max(...cells.map((cell) => cell.length)),
      figures: cells.slice(1).every((cell) => /^\$?\d/.test(cell)),
    };
  });
  return rows.map((row) =>
    columns
      .map(({ width, figures }, column) => {
        const cell = row[column] ?? '';
        return figures ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}
