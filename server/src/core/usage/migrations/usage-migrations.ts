import type { Migration } from '../../cache/migrations/migration.ts';
import { recoveryMigration } from '../../cache/migrations/recovery-migration.ts';

export const usageMigrations: readonly Migration[] = [
  {
    name: 'daily usage',
    async up(transaction) {
      await transaction.schema.createTable('usage', (table) => {
        table.text('space').notNullable();
        // UTC, YYYY-MM-DD.
        table.text('day').notNullable();
        for (const counter of ['hits', 'misses', 'requests', 'tokens']) {
          table.integer(counter).notNullable();
        }
        table.double('costUsd').notNullable();
        table.double('savedUsd').notNullable();
        table.primary(['space', 'day']);
      });
    },
  },
  recoveryMigration,
];
