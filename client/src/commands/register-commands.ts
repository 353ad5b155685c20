import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import { showError } from '../ui/show-error.ts';
import { backUpCache } from './back-up-cache.ts';
import { cancelIndexing } from './cancel-indexing.ts';
import { cleanUpCache } from './clean-up-cache.ts';
import { copyVector } from './copy-vector.ts';
import { deleteAll } from './delete-all.ts';
import { deleteIndex, rebuildIndex } from './delete-index.ts';
import { embedSelection } from './embed-selection.ts';
import { excludeFromIndex } from './exclude-from-index.ts';
import { explainFile } from './explain-file.ts';
import { explainHit } from './explain-hit.ts';
import { exportCache } from './export-cache.ts';
import { findDuplicates } from './find-duplicates.ts';
import { findSimilar } from './find-similar.ts';
import { importCache } from './import-cache.ts';
import { indexWorkspace } from './index-workspace.ts';
import { installRuntimeCommand } from './install-runtime.ts';
import { openSettings } from './open-settings.ts';
import { pauseIndexing } from './pause-indexing.ts';
import { previewCost } from './preview-cost.ts';
import { removeApiKey } from './remove-api-key.ts';
import { restartServer } from './restart-server.ts';
import { revealDirectory } from './reveal-directory.ts';
import { resumeIndexing } from './resume-indexing.ts';
import { reviewPermissions } from './review-permissions.ts';
import { searchChanges } from './search-changes.ts';
import { searchInFolder } from './search-in-folder.ts';
import { searchWorkspace } from './search-workspace.ts';
import { selectModel } from './select-model.ts';
import { setApiKey } from './set-api-key.ts';
import { showLog } from './show-log.ts';
import { showSent } from './show-sent.ts';
import { showStatistics } from './show-statistics.ts';
import { useBuiltInModel } from './use-built-in-model.ts';
import { verifyCache } from './verify-cache.ts';

/** Every command of the manifest. The few that take an argument distrust it. */
export function registerCommands(parts: Parts): vscode.Disposable {
  const commands: Record<string, (parts: Parts, argument?: unknown) => unknown> = {
    search: searchWorkspace,
    searchInFolder,
    searchChanges,
    findDuplicates,
    findSimilar,
    embedSelection,
    copyVector,
    indexWorkspace,
    pauseIndexing,
    resumeIndexing,
    cancelIndexing,
    rebuildIndex,
    deleteIndex,
    explainFile,
    explainHit,
    excludeFromIndex,
    selectModel,
    installRuntime: installRuntimeCommand,
    setApiKey,
    removeApiKey,
    reviewPermissions,
    previewCost,
    showSent,
    showStatistics,
    verifyCache,
    cleanUpCache,
    exportCache,
    importCache,
    backUpCache,
    deleteAll,
    revealDirectory,
    restartServer,
    showLog,
    useBuiltInModel,
    openSettings,
  };
  return vscode.Disposable.from(
    ...Object.entries(commands).map(([name, run]) =>
      vscode.commands.registerCommand(`embeddingCache.${name}`, async (argument?: unknown) => {
        try {
          return await run(parts, argument);
        } catch (error) {
          await showError(error, parts.log);
          return null;
        }
      }),
    ),
  );
}
