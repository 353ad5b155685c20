import type { Migration } from './migration.ts';
import { recoveryMigration } from './recovery-migration.ts';

export const hashstringMigrations: readonly Migration[] = [
  {
    name: 'hashstring',
    async up(transaction) {
      await transaction.schema.createTable('hashstring', (table) => {
        table.integer('id').primary();
        table.binary('hash').notNullable().unique();
        table.text('text').notNullable();
        table.check('length(hash) = 64');
      });
    },
  },
  recoveryMigration,
];
