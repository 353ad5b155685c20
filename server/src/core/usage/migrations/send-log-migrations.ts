import type { Migration } from '../../cache/migrations/migration.ts';
import { recoveryMigration } from '../../cache/migrations/recovery-migration.ts';

export const sendLogMigrations: readonly Migration[] = [
  {
    name: 'what was sent',
    async up(transaction) {
      await transaction.schema.createTable('sent', (table) => {
        table.increments('id');
        // Milliseconds since 1970.
        table.integer('at').notNullable();
        table.text('host').notNullable();
        table.text('provider').notNullable();
        table.text('model').notNullable();
        // `files`, `query` or `texts`.
        table.text('kind').notNullable();
        table.integer('texts').notNullable();
        table.integer('tokens').notNullable();
        // Null where the price is unknown.
        table.double('costUsd');
      });
      await transaction.schema.createTable('sentFile', (table) => {
        table.increments('id');
        table.integer('sentId').notNullable().index();
        table.text('folder').notNullable();
        table.text('path').notNullable();
        table.integer('texts').notNullable();
      });
      await transaction.schema.createTable('spent', (table) => {
        // UTC, YYYY-MM.
        table.text('month').primary();
        table.double('usd').notNullable();
      });
    },
  },
  recoveryMigration,
];
