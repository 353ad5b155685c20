import { toBlob } from '../../../core/vectors/vector.ts';
import { npyHeader } from './npy.ts';
import type { FileSink } from './sink.ts';
import type { EmbeddedText, VectorWriter } from './vector-writer.ts';
import { writeRows } from './write-rows.ts';

/** A matrix with a row per text. A failed text's row is NaN, so that rows and texts still match. */
export function npyWriter(sink: FileSink): VectorWriter {
  let rows = 0;
  let columns = 0;
  const rowOf = (text: EmbeddedText): Buffer => {
    rows++;
    return toBlob(
      text.kind === 'vector' ? text.vector : new Float32Array(columns).fill(Number.NaN),
    );
  };
  return {
    begin: ({ dimensions }) => {
      columns = dimensions;
      return sink.write(npyHeader(0, columns));
    },
    add: (texts) => writeRows(sink, texts, rowOf),
    end: () => sink.overwriteStart(npyHeader(rows, columns)),
  };
}
