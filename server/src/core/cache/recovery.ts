import type { Knex } from 'knex';
import { Failure, type Recovery } from '../errors.ts';
import { retryWhileBusy } from './busy-retry.ts';
import { withConnection, writeOn, type Connection } from './database.ts';

/** A file that says whether it has what could be read of the damaged ones before it. */
export interface Recovering {
  /** Null until that is done. */
  recovery(): Promise<Recovery | null>;
  /** False, and nothing done, when another process was faster. */
  setRecovery(salvaged: Salvaged): Promise<boolean>;
}

/** What was copied out of damaged files. Until `finish` it may have been copied several times. */
export interface Salvaged {
  readonly recovery: Recovery;
  /** Writes what must not be written twice, in the transaction that ends the recovery. */
  readonly finish?: (connection: Connection) => void;
}

const INSERT = `INSERT OR IGNORE INTO recovery (id, recovered, total)
  VALUES (1, @recovered, @total)`;

/** Before a file that follows damaged ones is used, all that can be read of them is brought over. */
export async function recoverOlder(
  file: Recovering,
  older: readonly string[],
  salvage: (damaged: readonly string[]) => Promise<Salvaged>,
  onProblem: (problem: Failure) => void,
): Promise<void> {
  if (older.length === 0 || (await file.recovery())) return;
  const salvaged = await salvage(older);
  if (!(await file.setRecovery(salvaged))) return;
  const { recovery } = salvaged;
  onProblem(
    new Failure(
      'damagedCache',
      `${older.at(-1)!} is damaged: ` +
        `${recovery.recovered} of ${recovery.total} rows recovered; the file was kept`,
      { recovery },
    ),
  );
}

export async function recoveryIn(db: Knex): Promise<Recovery | null> {
  const { RecoveryRow } = await import('./models/recovery-row.ts');
  const row = await RecoveryRow.bindKnex(db).query().findById(1);
  return row ? { recovered: row.recovered, total: row.total } : null;
}

/** As `Recovering.setRecovery`. */
export function setRecoveryIn(db: Knex, { recovery, finish }: Salvaged): Promise<boolean> {
  return retryWhileBusy(() =>
    withConnection(db, (connection) =>
      writeOn(connection, () => {
        const isFirst = connection.prepare(INSERT).run(recovery).changes === 1;
        if (isFirst) finish?.(connection);
        return isFirst;
      }),
    ),
  );
}
