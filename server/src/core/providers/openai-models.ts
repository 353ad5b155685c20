import { Failure } from '../errors.ts';

/** What is published about one of OpenAI's own embedding models. */
interface OpenAiModel {
  /** Length of its vectors where none is asked for. */
  readonly dimensions: number;
  /** It gives shorter vectors when asked. */
  readonly shortens: boolean;
  readonly maxTokensPerText: number;
}

export const DEFAULT_OPENAI_MODEL = 'text-embedding-3-small';

const MODELS: ReadonlyMap<string, OpenAiModel> = new Map([
  ['text-embedding-3-small', { dimensions: 1536, shortens: true, maxTokensPerText: 8192 }],
  ['text-embedding-3-large', { dimensions: 3072, shortens: true, maxTokensPerText: 8192 }],
  ['text-embedding-ada-002', { dimensions: 1536, shortens: false, maxTokensPerText: 8192 }],
]);

/** Null for a model that is not in OpenAI's list. */
export function openAiModel(name: string): OpenAiModel | null {
  return MODELS.get(name) ?? null;
}

/**
 * The length to ask for: null where the model's own is wanted, also where its own was named, so
 * that both share one space. Throws Failure `badSettings` for a length the model cannot give.
 */
export function dimensionsToAsk(
  name: string,
  model: OpenAiModel,
  wanted: number | null,
): number | null {
  if (wanted === null || wanted === model.dimensions) return null;
  if (!model.shortens || wanted > model.dimensions) {
    throw new Failure(
      'badSettings',
      `${name} gives ${model.shortens ? 'at most ' : ''}${model.dimensions} dimensions, not ${wanted}.`,
      { provider: 'openai' },
    );
  }
  return wanted;
}
