import type { Knex } from 'knex';

/** One step of a schema. Its number is its place in the list, from 1. */
export interface Migration {
  readonly name: string;
  up(transaction: Knex.Transaction): Promise<void>;
}
