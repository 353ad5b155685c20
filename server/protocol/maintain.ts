/** What can be done for the cache as a whole: action → [params, report]. */
export interface Maintenance {
  /**
   * Checks every row and every file; with `repair` removes damaged rows and brings what can be read of
   * a damaged file into a new one. Never removes a file.
   */
  verify: [{ readonly repair: boolean }, VerifyReport];
  /** Removes what the rules name; a dry run says what that would be. */
  collectGarbage: [GarbageParams, GarbageReport];
  /** Removes all embeddings and texts, and empties the indexes of all workspaces. */
  deleteAll: [object, GarbageReport];
  /** Writes a pack. */
  export: [ExportParams, ExportReport];
  /** Merges a pack, or a directory of the Python package. */
  import: [ImportParams, ImportReport];
  /** Copies the whole cache to a new or empty directory. */
  backUp: [{ readonly to: string }, BackupReport];
}

export type MaintenanceAction = keyof Maintenance;

export type MaintainParams = {
  [A in MaintenanceAction]: {
    readonly action: A;
    /** Token under which `$/progress` notifications are sent. */
    readonly progressToken?: string | number;
  } & Maintenance[A][0];
}[MaintenanceAction];

/** The report of the action asked for. */
export type MaintainReport = Maintenance[MaintenanceAction][1];

/** In a unit of the action's own. */
export interface MaintenanceProgress {
  readonly done: number;
  readonly total: number;
}

export interface VerifyReport {
  readonly checked: { readonly files: number; readonly embeddings: number; readonly texts: number };
  readonly found: { readonly damagedRows: number; readonly damagedFiles: number };
  readonly repaired: { readonly removedRows: number; readonly renewedFiles: number };
  readonly files: readonly {
    readonly file: string;
    readonly damagedRows: number;
    readonly faults: readonly string[];
    /** Whether the file has faults that a repair gets rid of, and has not yet. */
    readonly isRenewable: boolean;
    readonly recovery: { readonly recovered: number; readonly total: number } | null;
  }[];
}

export interface GarbageParams {
  readonly dryRun: boolean;
  /** Embeddings not used for so many days. */
  readonly olderThanDays?: number;
  /** The least recently used ones, until vectors and texts fill no more than this. */
  readonly maxBytes?: number;
  /** All embeddings, of the chosen spaces. */
  readonly everything?: boolean;
  /** `SpaceStats.id` of the spaces to look at; all where none is named. */
  readonly spaceIds?: readonly string[];
}

export interface GarbageReport {
  readonly embeddings: { readonly total: number; readonly removed: number };
  readonly texts: { readonly total: number; readonly removed: number };
  /** On disk; `after` is an estimate in a dry run. */
  readonly bytes: { readonly before: number; readonly after: number };
  /** What making the removed ones again would cost, about; 0 where no price is known. */
  readonly costUsd: number;
}

export interface ExportParams {
  /** Absolute path of the file to write. */
  readonly file: string;
  readonly withText: boolean;
  readonly spaceIds?: readonly string[];
}

export interface ExportReport {
  readonly embeddings: number;
  readonly texts: number;
  readonly bytes: number;
  /** Left out. */
  readonly damaged: number;
}

export interface ImportParams {
  /** Absolute path of a pack or of a directory. */
  readonly from: string;
  /** What made the vectors of a directory of the Python package. */
  readonly model?: { readonly provider: string; readonly model: string };
}

export interface ImportReport {
  readonly added: number;
  readonly present: number;
  readonly refused: number;
  /** Sound, but not what their model makes of their texts: too long for it, or missing. */
  readonly leftOut: number;
  readonly texts: number;
  /** False when a part of the pack is damaged or missing. */
  readonly complete: boolean;
  /** The model of a Python directory cannot be run here: until then no provider uses its vectors. */
  readonly modelMissing: boolean;
}

export interface BackupReport {
  readonly directory: string;
  readonly files: number;
  readonly bytes: number;
  /** Files whose copies are not whole. */
  readonly damaged: readonly string[];
}
