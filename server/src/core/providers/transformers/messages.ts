import type { FailureKind } from '../../errors.ts';
import type { VectorForm } from '../../vectors/vector-form.ts';
import type { ProviderAnswer } from '../provider.ts';
import type { LocalModel } from './local-model.ts';

/** What the process of a model is told first. */
export interface ModelSetup {
  /** Absolute path of the folder of the package `@huggingface/transformers`. */
  readonly runtime: string;
  readonly model: LocalModel;
  /** As `digestOf` gave it: other files than those must not be loaded under their name. */
  readonly digest: string;
  /** Threads the model may work with. */
  readonly threads: number;
}

export interface EmbedRequest {
  readonly texts: readonly string[];
  /** Put before each text, and each part of one. */
  readonly prefix: string;
  /** Length of the vectors; shorter than the model's own: their beginning. */
  readonly dimensions: number;
  readonly form: VectorForm;
}

/** `fits`: which of these texts the model takes whole. */
export type ModelQuestion =
  | { readonly kind: 'embed'; readonly request: EmbedRequest }
  | { readonly kind: 'fits'; readonly texts: readonly string[]; readonly prefix: string };

export interface ModelResults {
  readonly embed: ProviderAnswer;
  readonly fits: readonly boolean[];
}

export type ToModel =
  | { readonly kind: 'setup'; readonly setup: ModelSetup }
  | { readonly kind: 'ask'; readonly id: number; readonly question: ModelQuestion }
  /** Nobody waits for this answer any more. */
  | { readonly kind: 'cancel'; readonly id: number };

/** `alive`: it got on with what it was asked. */
export type FromModel =
  | { readonly kind: 'alive' }
  | {
      readonly kind: 'done';
      readonly id: number;
      readonly result: ModelResults[ModelQuestion['kind']];
    }
  | {
      readonly kind: 'failed';
      readonly id: number;
      readonly failure: FailureKind;
      readonly message: string;
    };
