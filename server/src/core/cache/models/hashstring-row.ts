import { Model } from 'objection';

/** A text that was embedded once, under its hash. */
export class HashstringRow extends Model {
  static override tableName = 'hashstring';
  declare id: number;
  /** SHA-512 of the text, 64 bytes. */
  declare hash: Buffer;
  declare text: string;
}
