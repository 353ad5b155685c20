import type { Migration } from '../../cache/migrations/migration.ts';

export const indexMigrations: readonly Migration[] = [
  {
    name: 'files, chunks, packs and words',
    async up(transaction) {
      await transaction.schema.createTable('about', (table) => {
        table.text('name').primary();
        table.text('value').notNullable();
      });
      await transaction.schema.createTable('file', (table) => {
        table.integer('id').primary();
        table.text('path').notNullable().unique();
        table.integer('size').notNullable();
        table.double('mtimeMs').notNullable();
        // When the file was last looked at, milliseconds since 1970.
        table.double('scannedAtMs').notNullable();
        // Why its content is not indexed; null where it is.
        table.text('skipped');
      });
      // AUTOINCREMENT: a pack may still name a chunk that is gone, so ids are never used again.
      await transaction.schema.createTable('chunk', (table) => {
        table.increments('id');
        table.integer('fileId').notNullable().index();
        table.integer('startLine').notNullable();
        table.integer('endLine').notNullable();
        table.binary('hash').notNullable();
        // Separated by single spaces.
        table.text('symbols').notNullable();
        // The space whose provider refused it, and why; null where none did.
        table.text('failedSpace');
        table.text('failure');
      });
      await transaction.schema.createTable('pack', (table) => {
        table.text('space').notNullable();
        table.integer('number').notNullable();
        table.binary('chunkIds').notNullable();
        table.binary('scales').notNullable();
        table.binary('codes').notNullable();
        table.primary(['space', 'number']);
      });
      await transaction.raw(
        `CREATE VIRTUAL TABLE lexical USING fts5(
          path, symbols, body,
          content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
        )`,
      );
    },
  },
  {
    name: 'git’s id of a file’s content',
    async up(transaction) {
      await transaction.schema.alterTable('file', (table) => {
        // Of the bytes that were read, hex; null where none were.
        table.text('blob');
      });
    },
  },
  {
    name: 'smaller packs that know their rounding errors',
    async up(transaction) {
      // The vectors of a folder are packed again from the cache.
      await transaction.schema.dropTable('pack');
      await transaction.schema.createTable('pack', (table) => {
        table.text('space').notNullable();
        table.integer('number').notNullable();
        table.binary('chunkIds').notNullable();
        table.binary('scales').notNullable();
        table.binary('errors').notNullable();
        table.binary('codes').notNullable();
        table.primary(['space', 'number']);
      });
    },
  },
  {
    name: 'files by the reason why they are skipped',
    async up(transaction) {
      await transaction.schema.alterTable('file', (table) => {
        table.index('skipped');
      });
    },
  },
  {
    name: 'kinds of chunks and what they lie in',
    async up(transaction) {
      await transaction.schema.alterTable('chunk', (table) => {
        table.text('kind').notNullable().defaultTo('code');
        // Separated by single spaces.
        table.text('enclosing').notNullable().defaultTo('');
      });
    },
  },
  {
    name: 'chunks that look secret',
    async up(transaction) {
      await transaction.schema.alterTable('chunk', (table) => {
        // The check for secrets that found something in it; null where none did, or none was made.
        table.text('secretCheck');
      });
      // Such chunks are few, and looked for in every run.
      await transaction.raw(
        'CREATE INDEX secretChunk ON chunk (secretCheck) WHERE secretCheck IS NOT NULL',
      );
      await transaction.raw(
        'CREATE INDEX refusedChunk ON chunk (failedSpace) WHERE failedSpace IS NOT NULL',
      );
    },
  },
];
