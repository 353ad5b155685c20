import {
  bearer,
  countOrNull,
  encodingFor,
  isRecord,
  stringOrNull,
  valueAt,
  type WireAnswer,
  type WireFormat,
} from './remote/wire-format.ts';

/** https://platform.openai.com/docs/api-reference/embeddings */
export const openAiWire: WireFormat = {
  path: () => '/embeddings',
  keyHeaders: bearer,
  body: ({ model, texts, ask, form }) => ({
    model,
    input: texts,
    encoding_format: encodingFor(form),
    ...(ask === null ? {} : { dimensions: ask }),
  }),
  read: readOpenAiAnswer,
};

/** The answer's shape, which several providers took over from OpenAI. */
export function readOpenAiAnswer(body: unknown): WireAnswer | null {
  const data = valueAt(body, 'data');
  if (!Array.isArray(data) || !data.every(isRecord)) return null;
  const usage = valueAt(body, 'usage');
  return {
    items: data.map(({ index, embedding }) => ({ index, embedding })),
    tokens: countOrNull(valueAt(usage, 'total_tokens') ?? valueAt(usage, 'prompt_tokens')),
    model: stringOrNull(valueAt(body, 'model')),
  };
}
