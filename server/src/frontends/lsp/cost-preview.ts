import type { Connection } from 'vscode-languageserver/node';
import type { CostPreview, PreviewParams } from '../../../protocol/index-report.ts';
import type { Core, IndexReport } from '../../core/core.ts';
import type { WorkspaceFolders } from './workspace-folders.ts';

export interface PreviewDeps {
  readonly connection: Connection;
  readonly folders: WorkspaceFolders;
}

/** Predicts what indexing these folders would send, with progress. Sends no text. */
export async function previewCost(
  { connection, folders }: PreviewDeps,
  { folders: uris, progressToken: token }: PreviewParams,
  core: Core,
  signal: AbortSignal,
): Promise<CostPreview> {
  const reports: IndexReport[] = [];
  for (const folder of folders.named(uris)) {
    const report = await core.index(folder, {
      signal,
      dryRun: true,
      onProgress: (value) => {
        if (token !== undefined) void connection.sendNotification('$/progress', { token, value });
      },
    });
    reports.push(report);
  }
  return costPreviewOf(reports, await core.spentUsd(), core.priceOf);
}

/** One preview over the predictions of several folders. */
function costPreviewOf(
  reports: readonly IndexReport[],
  spentUsd: number,
  priceOf: Core['priceOf'],
): CostPreview {
  const { name, model } = reports[0]?.provider ?? { name: '', model: '' };
  const sum = (of: (report: IndexReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  const known = priceOf(name, model) !== null;
  return {
    provider: { name, model },
    chunks: sum(({ chunks }) => chunks.misses),
    cachedChunks: sum(({ chunks }) => chunks.hits),
    tokens: sum(({ provider }) => provider.tokens),
    costUsd: known ? sum(({ provider }) => provider.costUsd) : null,
    files: reports.flatMap(({ toSend }) => toSend),
    looksSecret: reports.flatMap(({ withheld }) => withheld.looksSecret),
    spentUsd,
  };
}
