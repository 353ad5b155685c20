// NDCG@10 of search over real repositories: words alone, vectors alone, both fused, then ranked.
// Each repository is written to a folder and indexed by the product, its own chunker included.
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SIGNALS } from '../../server/src/core/search/ranking/rank.ts';
import { spreadFiles } from '../../server/src/core/search/ranking/spread-files.ts';
import type { SearchMode } from '../../server/src/core/search/search-hit.ts';
import type { Signal } from '../../server/src/core/search/ranking/signal.ts';
import { indexRepository } from './quality/indexed-repository.ts';
import { judgedRepositories, type JudgedRepository } from './quality/judged-repository.ts';
import { mean, ndcg } from './quality/ndcg.ts';

const DATA = path.resolve(import.meta.dirname, '../../../shared/bench/repositories');
/** Hits asked for: enough to meet ten files where one file has many hits. */
const DEEP_LIMIT = 100;

interface Way {
  readonly name: string;
  readonly mode: SearchMode;
  readonly signals: readonly Signal[];
  readonly limit: number;
}

const WAYS: readonly Way[] = [
  { name: 'words', mode: 'text', signals: [], limit: DEEP_LIMIT },
  { name: 'vectors', mode: 'semantic', signals: [], limit: DEEP_LIMIT },
  { name: 'fused', mode: 'hybrid', signals: [], limit: DEEP_LIMIT },
  { name: 'ranked', mode: 'hybrid', signals: SIGNALS, limit: DEEP_LIMIT },
  { name: 'ranked, 10 hits', mode: 'hybrid', signals: SIGNALS, limit: 10 },
  {
    name: '… without spread files',
    mode: 'hybrid',
    signals: SIGNALS.filter((signal) => signal !== spreadFiles),
    limit: 10,
  },
  ...SIGNALS.filter((signal) => signal !== spreadFiles).map((left) => ({
    name: `without ${left.name}`,
    mode: 'hybrid' as const,
    signals: SIGNALS.filter((signal) => signal !== left),
    limit: DEEP_LIMIT,
  })),
];

const repositories = await judgedRepositories(DATA);
if (repositories.length === 0) {
  console.log(`skipped: no labelled repositories in ${DATA}`);
} else {
  const scores = new Map<string, number[][]>(WAYS.map(({ name }) => [name, []]));
  for (const repository of repositories) {
    for (const [way, perQuery] of await measure(repository)) scores.get(way)!.push(perQuery);
  }
  printTable(repositories, scores);
}

/** NDCG@10 of each query, by way. */
async function measure(repository: JudgedRepository): Promise<Map<string, number[]>> {
  const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'embeddingcache-bench-')));
  try {
    const indexed = await indexRepository(repository, directory);
    try {
      const results = new Map<string, number[]>();
      for (const { name, mode, signals, limit } of WAYS) {
        const perQuery: number[] = [];
        for (const { text, grades } of repository.queries) {
          const paths = await indexed.search(text, { mode, limit, signals });
          perQuery.push(ndcg(paths, grades, 10));
        }
        results.set(name, perQuery);
      }
      return results;
    } finally {
      await indexed.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function printTable(
  measured: readonly JudgedRepository[],
  scores: ReadonlyMap<string, number[][]>,
): void {
  const categories = [
    ...new Set(measured.flatMap(({ queries }) => queries.map(({ category }) => category))),
  ].sort();
  const rows = [...scores].map(([name, perRepository]) => {
    const byCategory = categories.map((wanted) =>
      mean(
        measured.flatMap(({ queries }, r) =>
          perRepository[r]!.filter((_, q) => queries[q]!.category === wanted),
        ),
      ),
    );
    const means = perRepository.map(mean);
    return [name, mean(means), ...means, ...byCategory];
  });
  const heads = ['NDCG@10', 'mean', ...measured.map(({ name }) => name), ...categories];
  for (const row of [heads, ...rows]) {
    const [first, ...figures] = row.map((cell) =>
      typeof cell === 'number' ? cell.toFixed(3) : cell,
    );
    console.log(
      first!.padEnd(26) +
        figures.map((cell, i) => cell.padStart(Math.max(8, heads[i + 1]!.length + 2))).join(''),
    );
  }
}
