import { message } from './protobuf.ts';

const FLOAT = 1;
const INT64 = 7;

/**
 * An ONNX file of a model that looks each token up in a table and adds to it all that follow it, as
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto numbers its fields. So the first token's
 * vector knows the whole text, and every token's vector its place.
 */
export function onnxFile(
  table: readonly Float32Array[],
  { wholeTexts = false }: { readonly wholeTexts?: boolean } = {},
): Buffer {
  const width = table[0]!.length;
  const numbers = Buffer.concat(table.map((row) => Buffer.from(row.buffer)));
  const graph = message(
    [1, node('Gather', ['table', 'input_ids'], 'vectors')],
    [1, node('CumSum', ['vectors', 'axis'], 'last_hidden_state', ['reverse', 1])],
    // The first token's vector alone, as a model that pools by itself would give.
    [1, node('Gather', ['last_hidden_state', 'first'], 'sentence_embedding', ['axis', 1])],
    [2, 'tiny'],
    [5, message([1, table.length], [1, width], [2, FLOAT], [8, 'table'], [9, numbers])],
    [5, wholeNumber('axis', 1n)],
    [5, wholeNumber('first', 0n)],
    [11, value('input_ids', INT64, ['batch', 'tokens'])],
    [11, value('attention_mask', INT64, ['batch', 'tokens'])],
    [11, value('token_type_ids', INT64, ['batch', 'tokens'])],
    wholeTexts
      ? [12, value('sentence_embedding', FLOAT, ['batch', width])]
      : [12, value('last_hidden_state', FLOAT, ['batch', 'tokens', width])],
  );
  return message([1, 8], [8, message([1, ''], [2, 14])], [7, graph]);
}

function node(type: string, inputs: string[], output: string, whole?: [string, number]): Buffer {
  return message(
    ...inputs.map((input): [number, string] => [1, input]),
    [2, output],
    [4, type],
    ...(whole ? [[5, message([1, whole[0]], [3, whole[1]], [20, 2])] as [number, Buffer]] : []),
  );
}

function wholeNumber(name: string, number: bigint): Buffer {
  return message([2, INT64], [8, name], [9, Buffer.from(BigInt64Array.of(number).buffer)]);
}

function value(name: string, type: number, shape: readonly (string | number)[]): Buffer {
  const dims = shape.map((size): [number, Buffer] => [
    1,
    message(typeof size === 'number' ? [1, size] : [2, size]),
  ]);
  return message([1, name], [2, message([1, message([1, type], [2, message(...dims)])])]);
}

/** One that makes a tensor of a million gigabytes for every text. */
export function hungryOnnxFile(): Buffer {
  const shape = Buffer.from(BigInt64Array.of(1n << 24n, 1n << 24n).buffer);
  const graph = message(
    [1, node('ConstantOfShape', ['shape'], 'last_hidden_state')],
    [2, 'hungry'],
    [5, message([1, 2], [2, INT64], [8, 'shape'], [9, shape])],
    [11, value('input_ids', INT64, ['batch', 'tokens'])],
    [12, value('last_hidden_state', FLOAT, ['batch', 'width'])],
  );
  return message([1, 8], [8, message([1, ''], [2, 14])], [7, graph]);
}
