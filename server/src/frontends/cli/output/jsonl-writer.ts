import type { Sink } from './sink.ts';
import type { EmbeddedText, VectorWriter } from './vector-writer.ts';
import { writeRows } from './write-rows.ts';

/** A line `{"index","embedding"}` or `{"index","error"}` per text; indexes start at 0. */
export function jsonlWriter(sink: Sink): VectorWriter {
  let index = 0;
  const lineOf = (text: EmbeddedText): Buffer => {
    const row =
      text.kind === 'vector'
        ? { index, embedding: Array.from(text.vector) }
        : { index, error: text.reason };
    index++;
    return Buffer.from(`${JSON.stringify(row)}\n`);
  };
  return {
    begin: () => Promise.resolve(),
    add: (texts) => writeRows(sink, texts, lineOf),
    end: () => Promise.resolve(),
  };
}
