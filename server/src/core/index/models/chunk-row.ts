import { Model } from 'objection';
import type { ChunkKind } from '../../chunks/chunk.ts';

/** A chunk that the folder has now. */
export class ChunkRow extends Model {
  static override tableName = 'chunk';
  declare id: number;
  declare fileId: number;
  declare startLine: number;
  declare endLine: number;
  /** SHA-512 of its text, 64 bytes. */
  declare hash: Buffer;
  declare kind: ChunkKind;
  /** Separated by single spaces. */
  declare symbols: string;
  declare enclosing: string;
  declare failedSpace: string | null;
  declare failure: string | null;
  /** The check for secrets that found something in it. */
  declare secretCheck: string | null;
}
