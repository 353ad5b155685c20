import type { Vector } from '../vectors/vector.ts';
import { unit } from '../vectors/vector.ts';
import { WordPieces } from './word-pieces.ts';

const FORMAT = 'static-embed-1';
/** Vocabulary words or table rows between two pauses. */
const PAUSE_EVERY = 512;

/** JSON header of the file. */
interface Header {
  readonly format: string;
  /** Number of words. */
  readonly vocab: number;
  readonly dim: number;
  /** Bytes of the vocabulary, padding included. */
  readonly vocabBytes: number;
  /** How a word's count becomes its weight. */
  readonly tf: string;
}

/**
 * A model that adds up one learned row per word. Its file, format `static-embed-1`, little-endian:
 * u32 length of the header, the JSON header, the vocabulary (a word a line, padded to 4 bytes),
 * float32 log-probability per word, float32 scale per word, int8 table of words × dimensions.
 */
export class StaticModel {
  readonly dimensions: number;
  readonly #pieces: WordPieces;
  readonly #scales: Float32Array;
  readonly #table: Int8Array;

  private constructor(header: Header, pieces: WordPieces, scales: Float32Array, table: Int8Array) {
    this.dimensions = header.dim;
    this.#pieces = pieces;
    this.#scales = scales;
    this.#table = table;
  }

  /** Reads a model from its file's bytes, which it keeps. Throws RangeError for another format. */
  static *parse(file: Buffer): Generator<undefined, StaticModel, undefined> {
    const header = headerOf(file);
    const vocabularyStart = 4 + file.readUInt32LE(0);
    const numbersStart = vocabularyStart + header.vocabBytes;
    const words = file.toString('utf8', vocabularyStart, numbersStart).trimEnd().split('\n');
    const tableStart = numbersStart + 8 * header.vocab;
    if (words.length !== header.vocab || file.length !== tableStart + header.vocab * header.dim) {
      throw new RangeError(`${FORMAT}: the file's size does not fit its header`);
    }
    yield;
    const rows = new Map<string, number>();
    for (const [row, word] of words.entries()) {
      if (row % PAUSE_EVERY === 0) yield;
      rows.set(word, row);
    }
    const logProbabilities = floatsAt(file, numbersStart, header.vocab);
    const scales = floatsAt(file, numbersStart + 4 * header.vocab, header.vocab);
    const table = new Int8Array(file.buffer, file.byteOffset + tableStart, rows.size * header.dim);
    return new StaticModel(header, new WordPieces({ rows, logProbabilities }), scales, table);
  }

  /** The text's vector, unit length; null where the text holds no word the model knows. */
  *embed(text: string): Generator<undefined, Vector | null, undefined> {
    const counts = yield* this.#pieces.count(text);
    const dimensions = this.dimensions;
    const table = this.#table;
    const sum = new Float32Array(dimensions);
    let added = 0;
    for (const [row, count] of counts) {
      if (++added % PAUSE_EVERY === 0) yield;
      const weight = Math.sqrt(count) * this.#scales[row]!;
      const start = row * dimensions;
      for (let d = 0; d < dimensions; d++) sum[d]! += weight * table[start + d]!;
    }
    return sum.some((x) => x !== 0) ? unit(sum) : null;
  }
}

function headerOf(file: Buffer): Header {
  const header = JSON.parse(file.toString('utf8', 4, 4 + file.readUInt32LE(0))) as Header;
  if (header.format !== FORMAT || header.tf !== 'sqrt') {
    throw new RangeError(`not a ${FORMAT} file with sqrt weights`);
  }
  return header;
}

/** Copies, because the file's offsets need not be multiples of 4. */
function floatsAt(file: Buffer, start: number, count: number): Float32Array {
  const bytes = new Uint8Array(4 * count);
  bytes.set(file.subarray(start, start + 4 * count));
  return new Float32Array(bytes.buffer);
}
