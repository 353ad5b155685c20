import type { Sink } from './sink.ts';
import type { EmbeddedText, VectorWriter } from './vector-writer.ts';
import { writeRows } from './write-rows.ts';

/**
 * One object `{model, dimensions, embeddings, hits, misses}`, written as it grows. A failed text is
 * `null` among the embeddings and, only if there is one, an entry `{index, error}` in `errors`.
 */
export function jsonWriter(sink: Sink): VectorWriter {
  const errors: { index: number; error: string }[] = [];
  let index = 0;
  const itemOf = (text: EmbeddedText): Buffer => {
    if (text.kind === 'failed') errors.push({ index, error: text.reason });
    const item = text.kind === 'vector' ? JSON.stringify(Array.from(text.vector)) : 'null';
    const separator = index === 0 ? '' : ',';
    index++;
    return Buffer.from(`${separator}${item}`);
  };
  return {
    begin: ({ model, dimensions }) =>
      sink.write(`{"model":${JSON.stringify(model)},"dimensions":${dimensions},"embeddings":[`),
    add: (texts) => writeRows(sink, texts, itemOf),
    end: ({ hits, misses }) => {
      const failures = errors.length === 0 ? '' : `,"errors":${JSON.stringify(errors)}`;
      return sink.write(`],"hits":${hits},"misses":${misses}${failures}}\n`);
    },
  };
}
