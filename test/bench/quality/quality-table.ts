import type { JudgedQuery, JudgedSet } from './judged-set.ts';
import { mean, type Measures } from './measures.ts';

/** Measures of each query of a set, in their order, by the way's name. */
export interface MeasuredSet {
  readonly set: JudgedSet;
  readonly byWay: ReadonlyMap<string, readonly Measures[]>;
}

/** One line of the table: what is measured, and its figure for each way. */
export interface Row {
  readonly group: string;
  readonly name: string;
  readonly figures: Readonly<Record<string, number>>;
}

const MEASURES = { 'NDCG@10': 'ndcg', 'MRR@10': 'mrr', 'recall@10': 'recall' } as const;

/** Repositories are averaged over repositories; languages and categories over their queries. */
export function rowsOf(measured: readonly MeasuredSet[], ways: readonly string[]): Row[] {
  const repositories = measured.filter(({ set }) => set.kind === 'repository');
  const functions = measured.filter(({ set }) => set.kind === 'functions');
  const row = (group: string, name: string, figure: (way: string) => number): Row => ({
    group,
    name,
    figures: Object.fromEntries(ways.map((way) => [way, figure(way)])),
  });
  const overSets = (group: string, sets: readonly MeasuredSet[]): Row[] =>
    Object.entries(MEASURES).map(([name, measure]) =>
      row(group, name, (way) =>
        mean(sets.map(({ byWay }) => mean(byWay.get(way)!.map((found) => found[measure])))),
      ),
    );
  const ndcgBy = (
    group: string,
    sets: readonly MeasuredSet[],
    label: (query: JudgedQuery) => string,
  ): Row[] => {
    const labels = new Set(sets.flatMap(({ set }) => set.queries.map(label)));
    labels.delete('');
    return [...labels]
      .sort()
      .map((wanted) => row(group, wanted, (way) => mean(ndcgWhere(sets, way, label, wanted))));
  };
  return [
    ...(repositories.length > 0
      ? [
          ...overSets('repositories', repositories),
          ...repositories.map((one) => ({
            ...overSets('repository', [one])[0]!,
            name: one.set.name,
          })),
          ...ndcgBy('repositories by language', repositories, ({ language }) => language),
          ...ndcgBy('repositories by category', repositories, ({ category }) => category),
        ]
      : []),
    ...functions.flatMap((one) => [
      ...overSets(one.set.name, [one]),
      ...ndcgBy(`${one.set.name} by language`, [one], ({ language }) => language),
    ]),
  ];
}

function ndcgWhere(
  sets: readonly MeasuredSet[],
  way: string,
  label: (query: JudgedQuery) => string,
  wanted: string,
): number[] {
  return sets.flatMap(({ set, byWay }) =>
    byWay
      .get(way)!
      .filter((_, i) => label(set.queries[i]!) === wanted)
      .map(({ ndcg }) => ndcg),
  );
}

export function printRows(rows: readonly Row[], ways: readonly string[]): void {
  const width = Math.max(...rows.map(({ name }) => name.length)) + 2;
  let group = '';
  const heads = ways.map((way) => way.padStart(Math.max(7, way.length + 2)));
  console.log(' '.repeat(width) + heads.join(''));
  for (const row of rows) {
    if (row.group !== group) console.log((group = row.group));
    const figures = ways.map((way, i) => row.figures[way]!.toFixed(3).padStart(heads[i]!.length));
    console.log(`  ${row.name}`.padEnd(width) + figures.join(''));
  }
}
