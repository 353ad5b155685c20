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
  {
    name: 'last use',
    async up(transaction) {
      await transaction.schema.createTable('lastUse', (table) => {
        table.integer('id').primary();
        // Days since 1970, UTC.
        table.integer('day').notNullable();
      });
      await transaction.raw(
        `INSERT INTO lastUse (id, day) SELECT id, unixepoch() / 86400 FROM embedding`,
      );
      // Whoever puts or removes an embedding keeps the two tables in step without knowing.
      await transaction.raw(`CREATE TRIGGER embeddingPut AFTER INSERT ON embedding BEGIN
        INSERT INTO lastUse (id, day) VALUES (new.id, unixepoch() / 86400); END`);
      await transaction.raw(`CREATE TRIGGER embeddingMended AFTER UPDATE OF vector ON embedding BEGIN
        UPDATE lastUse SET day = unixepoch() / 86400 WHERE id = new.id; END`);
      await transaction.raw(`CREATE TRIGGER embeddingMoved AFTER UPDATE OF id ON embedding BEGIN
        UPDATE lastUse SET id = new.id WHERE id = old.id; END`);
      await transaction.raw(`CREATE TRIGGER embeddingRemoved AFTER DELETE ON embedding BEGIN
        DELETE FROM lastUse WHERE id = old.id; END`);
    },
  },
  {
    name: 'tokens',
    async up(transaction) {
      await transaction.schema.alterTable('embedding', (table) => {
        table.integer('tokens');
      });
    },
  },
  {
    name: 'recovery',
    async up(transaction) {
      await transaction.schema.createTable('recovery', (table) => {
        table.integer('id').primary();
        table.integer('recovered').notNullable();
        table.integer('total').notNullable();
        // One row: that a damaged older generation has been read to its end.
        table.check('id = 1');
      });
    },
  },
  {
    name: 'rule for long texts',
    async up(transaction) {
      await transaction.schema.alterTable('space', (table) => {
        table.text('longTexts');
      });
    },
  },
];
