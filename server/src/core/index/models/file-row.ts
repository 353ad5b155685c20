import { Model } from 'objection';
import type { SkipReason } from '../../files/file-source.ts';

/** A file as it was when it was last looked at. */
export class FileRow extends Model {
  static override tableName = 'file';
  declare id: number;
  declare path: string;
  declare size: number;
  declare mtimeMs: number;
  declare scannedAtMs: number;
  declare skipped: SkipReason | null;
  /** Git's id of the bytes that were read; null where none were. */
  declare blob: string | null;
}
