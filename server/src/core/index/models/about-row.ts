import { Model } from 'objection';

/** A fact about the index itself: `folder`, `chunker`, `snapshot`, `indexedAt SPACE`. */
export class AboutRow extends Model {
  static override tableName = 'about';
  static override idColumn = 'name';
  declare name: string;
  declare value: string;
}
