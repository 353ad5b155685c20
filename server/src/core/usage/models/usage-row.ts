import { Model } from 'objection';

/** One space's counters for one day (UTC). */
export class UsageRow extends Model {
  static override tableName = 'usage';
  static override idColumn = ['space', 'day'];
  declare space: string;
  /** YYYY-MM-DD. */
  declare day: string;
  declare hits: number;
  declare misses: number;
  declare requests: number;
  declare tokens: number;
  declare costUsd: number;
  declare savedUsd: number;
}
