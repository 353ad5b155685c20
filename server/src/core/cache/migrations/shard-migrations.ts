import type { Migration } from './migration.ts';

export const shardMigrations: readonly Migration[] = [
  {
    name: 'space and embedding',
    async up(transaction) {
      await transaction.schema.createTable('space', (table) => {
        table.integer('id').primary();
        table.text('identity').notNullable();
        table.text('provider').notNullable();
        table.text('origin');
        table.text('model').notNullable();
        table.integer('dimensions').notNullable();
        table.integer('requestedDimensions');
        table.text('element').notNullable();
        table.text('role').notNullable();
        table.text('prefix').notNullable();
        table.boolean('normalised').notNullable();
        table.text('hashFunction').notNullable();
        // One row: the file's own identity.
        table.check('id = 1');
      });
      await transaction.schema.createTable('embedding', (table) => {
        table.integer('id').primary();
        table.binary('hash').notNullable().unique();
        table.binary('vector').notNullable();
        table.integer('checksum').notNullable();
        table.check('length(hash) = 64');
      });
    },
  },
];
