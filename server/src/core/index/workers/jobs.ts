import type { FailureKind } from '../../errors.ts';
import type { ProviderAnswer } from '../../providers/provider.ts';
import type { VectorForm } from '../../vectors/vector-form.ts';
import type { ReadyChunk } from '../ready-chunk.ts';

/** What a worker thread can do: cut a file, or embed texts with the built-in model. */
export type Job =
  | { readonly kind: 'chunk'; readonly path: string; readonly text: string }
  | { readonly kind: 'embed'; readonly texts: readonly string[]; readonly form: VectorForm };

/** What comes of a job, by its kind. */
export interface JobResults {
  readonly chunk: ReadyChunk[];
  readonly embed: ProviderAnswer;
}

/** What a worker is started with. Absolute paths. */
export interface WorkerSetup {
  readonly grammarsFolder: string;
  readonly modelFile: string;
}

/** The answer to one job; a worker has one at a time. */
export type WorkerAnswer =
  | { readonly kind: 'done'; readonly result: JobResults[Job['kind']] }
  | { readonly kind: 'failed'; readonly failure: FailureKind; readonly message: string };
