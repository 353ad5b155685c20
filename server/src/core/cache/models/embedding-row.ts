import { Model } from 'objection';

/** A vector under the hash of its text. */
export class EmbeddingRow extends Model {
  static override tableName = 'embedding';
  declare id: number;
  /** SHA-512 of the text, 64 bytes. */
  declare hash: Buffer;
  /** Little-endian numbers of the space's element type. */
  declare vector: Buffer;
  /** CRC-32 of hash and vector, as a signed 32-bit integer. */
  declare checksum: number;
  /** What the text was billed as; null where that is unknown. */
  declare tokens: number | null;
}
