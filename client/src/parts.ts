import type * as vscode from 'vscode';
import type { Consent } from './consent.ts';
import type { Indexing } from './indexing.ts';
import type { LiveStats } from './live-stats.ts';
import type { ModelChoice } from './model-choice.ts';
import type { ApiKeys } from './secrets.ts';
import type { ServerApi } from './server-api.ts';
import type { ServerProcess } from './server-process.ts';
import type { SettingsSync } from './settings-sync.ts';
import type { Documents } from './ui/documents.ts';
import type { ShownHits } from './ui/shown-hits.ts';
import type { StatisticsPanel } from './ui/statistics-panel.ts';
import type { WorkspaceUse } from './workspace-use.ts';

/** What commands and surfaces are made of; built once, by `activate`. */
export interface Parts {
  readonly log: vscode.LogOutputChannel;
  readonly server: ServerProcess;
  readonly api: ServerApi;
  readonly sync: SettingsSync;
  readonly keys: ApiKeys;
  readonly consent: Consent;
  readonly model: ModelChoice;
  readonly use: WorkspaceUse;
  readonly stats: LiveStats;
  readonly indexing: Indexing;
  readonly statistics: StatisticsPanel;
  readonly documents: Documents;
  readonly shownHits: ShownHits;
}
