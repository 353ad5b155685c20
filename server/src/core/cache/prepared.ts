import type { Statement } from 'better-sqlite3';
import type { Connection } from './database.ts';

/** Statements prepared once per connection; they are freed with it. */
export class Prepared {
  readonly #byConnection = new WeakMap<Connection, Map<string, Statement>>();

  on(connection: Connection, sql: string): Statement {
    let statements = this.#byConnection.get(connection);
    if (!statements) {
      statements = new Map<string, Statement>();
      this.#byConnection.set(connection, statements);
    }
    let statement = statements.get(sql);
    if (!statement) statements.set(sql, (statement = connection.prepare(sql)));
    return statement;
  }
}
