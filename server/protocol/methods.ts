import type { Duplicates, DuplicatesParams, DuplicatesProgress } from './duplicates.ts';
import type { EmbedParams, EmbedResult } from './embed.ts';
import type { ExplainParams, FileExplanation, SkippedFile } from './explain.ts';
import type { ErrorData } from './errors.ts';
import type {
  CostPreview,
  IndexParams,
  IndexProgress,
  IndexReport,
  PauseParams,
  PreviewParams,
} from './index-report.ts';
import type { MaintainParams, MaintainReport, MaintenanceProgress } from './maintain.ts';
import type { SearchAnswer, SearchHit, SearchParams, SimilarParams } from './search-hit.ts';
import type { ModelList, ModelsParams } from './models.ts';
import type { SentEntry } from './sent.ts';
import type { Stats } from './stats.ts';

/** Requests the client sends: method name → [params, result]. */
export interface Requests {
  /** Embeds texts, or says they were in the cache; gives facts about each vector. */
  'embeddingCache/embed': [EmbedParams, EmbedResult];
  /** Indexes or refreshes workspace folders. Progress arrives as `$/progress`; cancellable. */
  'embeddingCache/index': [IndexParams, IndexReport];
  /** What `index` would send and cost. Sends nothing; needs neither consent nor key. */
  'embeddingCache/preview': [PreviewParams, CostPreview];
  /** Models to choose from, with how much of the workspace each has cached. Sends no text. */
  'embeddingCache/models': [ModelsParams, ModelList];
  /** What was sent where, newest first. */
  'embeddingCache/sent': [{ readonly limit: number }, readonly SentEntry[]];
  /** Ranked hits for a query in plain words, best first. Cancellable. */
  'embeddingCache/search': [SearchParams, SearchAnswer];
  /** Ranked hits for code nearest in meaning to a text, best first. Cancellable. */
  'embeddingCache/similar': [SimilarParams, SearchHit[]];
  /** Groups of places with the same or nearly the same code. Progress as `$/progress`; cancellable. */
  'embeddingCache/duplicates': [DuplicatesParams, Duplicates];
  /** Lets indexing rest between two groups of chunks, or go on. Outlives the run under way. */
  'embeddingCache/pause': [PauseParams, null];
  /** Empties the indexes of all folders; no embedding is lost. */
  'embeddingCache/deleteIndex': [null, null];
  /** Why a file is, or is not, indexed. */
  'embeddingCache/explain': [ExplainParams, FileExplanation];
  /** Every file that was found but is not indexed. */
  'embeddingCache/skipped': [null, SkippedFile[]];
  /** Verify, collect garbage, export, import, back up: see `Maintenance`. Cancellable. */
  'embeddingCache/maintain': [MaintainParams, MaintainReport];
  /** Downloads the package that runs local models; asked for by the user alone. Cancellable. */
  'embeddingCache/installRuntime': [null, null];
  /** What the status bar and the statistics page show. */
  'embeddingCache/stats': [null, Stats];
}

/** Notifications the server sends: method name → params. */
export interface Notifications {
  /** Sent at most once a second, when any figure of `Stats` has changed. */
  'embeddingCache/statsChanged': Stats;
  /** Something goes on with less than it should: sent once per cause, for the user to read. */
  'embeddingCache/cacheProblem': ErrorData;
}

/** Values of `$/progress` for a request: method name → value. */
export interface Progress {
  'embeddingCache/index': IndexProgress;
  'embeddingCache/duplicates': DuplicatesProgress;
  'embeddingCache/preview': IndexProgress;
  'embeddingCache/maintain': MaintenanceProgress;
}

export type Method = keyof Requests;
export type ParamsOf<M extends Method> = Requests[M][0];
export type ResultOf<M extends Method> = Requests[M][1];
