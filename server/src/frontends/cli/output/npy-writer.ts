import { toBlob } from '../../../core/vectors/blob.ts';
import type { ElementType } from '../../../core/vectors/element.ts';
import { npyHeader } from '../../../core/vectors/npy.ts';
import type { FileSink } from './sink.ts';
import type { EmbeddedText, VectorWriter } from './vector-writer.ts';
import { writeRows } from './write-rows.ts';

/** A matrix with a row per text. A failed text's row is NaN, so that rows and texts still match. */
export function npyWriter(sink: FileSink): VectorWriter {
  let rows = 0;
  let columns = 0;
  let element: ElementType = 'float32';
  const rowOf = (text: EmbeddedText): Buffer => {
    rows++;
    const none = () => new Float32Array(columns).fill(Number.NaN);
    return toBlob(text.kind === 'vector' ? text.vector : none(), element);
  };
  return {
    begin: (shape) => {
      ({ dimensions: columns, element } = shape);
      return sink.write(npyHeader(0, columns, element));
    },
    add: (texts) => writeRows(sink, texts, rowOf),
    end: () => sink.overwriteStart(npyHeader(rows, columns, element)),
  };
}
