import { Model } from 'objection';

/** The one row of a file that follows a damaged one: what was read of that. */
export class RecoveryRow extends Model {
  static override tableName = 'recovery';
  declare id: number;
  declare recovered: number;
  declare total: number;
}
