import type { Migration } from '../../cache/migrations/migration.ts';

export const blobMigrations: readonly Migration[] = [
  {
    name: 'chunks of a git blob',
    async up(transaction) {
      await transaction.schema.createTable('blobChunks', (table) => {
        // SHA-1 that git gives the content, 20 bytes.
        table.binary('blob').notNullable();
        // What else decides: the chunker and the kind of file its name tells.
        table.text('kind').notNullable();
        // Bytes; a file on disk of another size went through a filter of git's.
        table.integer('size').notNullable();
        // JSON: chunks without their texts, which the cache has under their hashes.
        table.text('chunks').notNullable();
        table.primary(['blob', 'kind']);
      });
    },
  },
];
