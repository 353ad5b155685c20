import { Model } from 'objection';

/** When an embedding was last put or read. Exactly one for each embedding: triggers see to it. */
export class LastUseRow extends Model {
  static override tableName = 'lastUse';
  /** The embedding's. */
  declare id: number;
  /** Days since 1970, UTC. */
  declare day: number;
}
