import type { Connection } from 'vscode-languageserver/node';
import type { IndexParams, IndexProgress, IndexReport } from '../../../protocol/index-report.ts';
import type { Core } from '../../core/core.ts';
import { failureOf } from '../../core/errors.ts';
import { addReports } from './index-reports.ts';
import type { StatsPublisher } from './stats-publisher.ts';
import type { WorkspaceFolders } from './workspace-folders.ts';

export interface IndexRequestDeps {
  readonly connection: Connection;
  readonly folders: WorkspaceFolders;
  readonly stats: StatsPublisher;
}

const NOTHING_YET: IndexProgress = {
  filesDone: 0,
  filesTotal: 0,
  chunksDone: 0,
  chunksTotal: 0,
  tokens: 0,
  secondsLeft: null,
};

/** Indexes folder after folder, telling the status bar and the client how far it has come. */
export async function indexFolders(
  { connection, folders, stats }: IndexRequestDeps,
  { folders: uris, progressToken }: IndexParams,
  core: Core,
  signal: AbortSignal,
): Promise<IndexReport> {
  const reports: IndexReport[] = [];
  let before = NOTHING_YET;
  let now = NOTHING_YET;
  const show = (progress: IndexProgress) => {
    now = addProgress(before, progress);
    const { filesDone: done, filesTotal: total, secondsLeft } = now;
    stats.setActivity({ kind: 'indexing', done, total, secondsLeft });
    if (progressToken === undefined) return;
    void connection.sendNotification('$/progress', { token: progressToken, value: now });
  };
  stats.setActivity({ kind: 'indexing', done: 0, total: 0, secondsLeft: null });
  try {
    for (const folder of folders.named(uris)) {
      reports.push(await core.index(folder, { signal, onProgress: show }));
      before = now;
    }
    const report = addReports(reports);
    const stopped = report.withheld.overBudget > 0;
    stats.setActivity(stopped ? { kind: 'failed', error: 'overBudget' } : { kind: 'idle' });
    return report;
  } catch (error) {
    const cancelled = error instanceof Error && error.name === 'AbortError';
    stats.setActivity(
      cancelled ? { kind: 'idle' } : { kind: 'failed', error: failureOf(error).kind },
    );
    throw error;
  }
}

/** Counts are over all folders; how long those not yet begun will take nobody knows. */
function addProgress(before: IndexProgress, { secondsLeft, ...now }: IndexProgress): IndexProgress {
  return {
    filesDone: before.filesDone + now.filesDone,
    filesTotal: before.filesTotal + now.filesTotal,
    chunksDone: before.chunksDone + now.chunksDone,
    chunksTotal: before.chunksTotal + now.chunksTotal,
    tokens: before.tokens + now.tokens,
    secondsLeft,
  };
}
