import { Model } from 'objection';

/** One request's worth of texts that went out. */
export class SentRow extends Model {
  static override tableName = 'sent';
  declare id: number;
  /** Milliseconds since 1970. */
  declare at: number;
  declare host: string;
  declare provider: string;
  declare model: string;
  declare kind: 'files' | 'query' | 'texts' | 'rerank';
  declare texts: number;
  declare tokens: number;
  /** Null where the price is unknown. */
  declare costUsd: number | null;
}

/** A file some of those texts came from. */
export class SentFileRow extends Model {
  static override tableName = 'sentFile';
  declare id: number;
  declare sentId: number;
  declare folder: string;
  declare path: string;
  declare texts: number;
}
