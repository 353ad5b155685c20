import type { IndexReport } from '../../../protocol/index-report.ts';

const NOTHING: IndexReport = {
  folder: '',
  files: { total: 0, indexed: 0, unchanged: 0, skipped: 0 },
  chunks: { total: 0, hits: 0, misses: 0 },
  provider: { name: '', model: '', dimensions: 0, requests: 0, tokens: 0, costUsd: 0 },
  seconds: 0,
  withheld: { looksSecret: [], overBudget: 0 },
};

/** One report over several folders; the folder named is the first. */
export function addReports(reports: readonly IndexReport[]): IndexReport {
  const [first = NOTHING, ...rest] = reports;
  return rest.reduce(
    (sum, report) => ({
      folder: sum.folder,
      files: addNumbers(sum.files, report.files),
      chunks: addNumbers(sum.chunks, report.chunks),
      provider: {
        ...sum.provider,
        requests: sum.provider.requests + report.provider.requests,
        tokens: sum.provider.tokens + report.provider.tokens,
        costUsd: sum.provider.costUsd + report.provider.costUsd,
      },
      seconds: sum.seconds + report.seconds,
      withheld: {
        looksSecret: [...sum.withheld.looksSecret, ...report.withheld.looksSecret],
        overBudget: sum.withheld.overBudget + report.withheld.overBudget,
      },
    }),
    first,
  );
}

function addNumbers<T extends Record<keyof T, number>>(a: T, b: T): T {
  const entries = Object.keys(a).map((key) => [key, a[key as keyof T] + b[key as keyof T]]);
  return Object.fromEntries(entries) as T;
}
