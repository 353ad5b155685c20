import type { Migration } from './migration.ts';

/** For files whose rows are brought over when they are damaged: see `recoverOlder`. */
export const recoveryMigration: Migration = {
  name: 'recovery',
  async up(transaction) {
    await transaction.schema.createTable('recovery', (table) => {
      table.integer('id').primary();
      table.integer('recovered').notNullable();
      table.integer('total').notNullable();
      // One row: that the damaged older generations have been read to their end.
      table.check('id = 1');
    });
  },
};
