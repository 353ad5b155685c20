import * as vscode from 'vscode';
import { startBackgroundWork } from './background-work.ts';
import { registerCommands } from './commands/register-commands.ts';
import { Consent } from './consent.ts';
import { Indexing } from './indexing.ts';
import { LiveStats } from './live-stats.ts';
import { ModelChoice } from './model-choice.ts';
import type { Parts } from './parts.ts';
import { ApiKeys } from './secrets.ts';
import { ServerApi } from './server-api.ts';
import { ServerProcess } from './server-process.ts';
import { SettingsSync } from './settings-sync.ts';
import { Documents } from './ui/documents.ts';
import { ShownHits } from './ui/shown-hits.ts';
import { StatisticsPanel } from './ui/statistics-panel.ts';
import { showCacheWarnings } from './ui/cache-warnings.ts';
import { StatusItem } from './ui/status-item.ts';
import { serveWorkspaceFiles } from './workspace-files.ts';
import { WorkspaceUse } from './workspace-use.ts';

/** What tests inside the extension host work with. Other extensions get nothing. */
export interface TestAccess extends Parts {
  readonly status: StatusItem;
}

/** `deactivate` gets no argument, so what it must wait for is kept here. */
const running = new Set<ServerProcess>();

export function activate(context: vscode.ExtensionContext): TestAccess | undefined {
  const log = vscode.window.createOutputChannel('Embedding Cache', { log: true });
  const consent = new Consent(context.workspaceState);
  const keys = new ApiKeys(context.secrets);
  const model = new ModelChoice(context.workspaceState);
  const sync = new SettingsSync(consent, keys, model);
  const server = new ServerProcess({
    log,
    extensionPath: context.extensionPath,
    debuggable: context.extensionMode === vscode.ExtensionMode.Development,
    settings: () => sync.serverSettings(),
    apiKeys: () => sync.keysForStart(),
  });
  running.add(server);
  server.onWillStart(serveWorkspaceFiles);
  const api = new ServerApi(server);
  const use = new WorkspaceUse(context.workspaceState);
  const stats = new LiveStats(api, server, log);
  const indexing = new Indexing(api, log, context.workspaceState, () => sync.indexSubject());
  const statistics = new StatisticsPanel(stats);
  const documents = new Documents();
  const parts: Parts = {
    log,
    server,
    api,
    sync,
    keys,
    consent,
    model,
    use,
    stats,
    indexing,
    statistics,
    documents,
    shownHits: new ShownHits(),
  };
  const status = new StatusItem(parts);
  context.subscriptions.push(
    registerCommands(parts),
    startBackgroundWork(parts),
    showCacheWarnings(api),
    status,
    statistics,
    documents,
    indexing,
    stats,
    use,
    api,
    server,
    keys,
    model,
    consent,
    log,
  );
  return context.extensionMode === vscode.ExtensionMode.Test ? { ...parts, status } : undefined;
}

export async function deactivate(): Promise<void> {
  await Promise.all([...running].map((server) => server.stop()));
  running.clear();
}
