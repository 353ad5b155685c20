import type { Knex } from 'knex';
import { hashFromBytes, textHashOf } from '../../keys/text-hash.ts';
import { retryWhileBusy } from '../busy-retry.ts';
import { withConnection, writeOn } from '../database.ts';
import { Prepared } from '../prepared.ts';
import type { Salvaged } from '../recovery.ts';
import { rowsOfFiles } from './table-rows.ts';

const INSERT = 'INSERT INTO hashstring (hash, text) VALUES (?, ?) ON CONFLICT DO NOTHING';
const COUNT = 'SELECT count(*) FROM hashstring';
const BATCH = 500;
/** Bytes. */
const LONGEST_TEXT = 16 * 2 ** 20;

/** Copies every text of damaged files that proves itself by its hash. */
export async function salvageTexts(
  damaged: readonly string[],
  into: Knex,
  pageSize: number,
): Promise<Salvaged> {
  const prepared = new Prepared();
  let highestId = 0;
  let batch: (readonly [hash: Buffer, text: string])[] = [];
  const putBatch = () =>
    retryWhileBusy(() =>
      withConnection(into, (connection) => {
        writeOn(connection, () => {
          for (const row of batch) prepared.on(connection, INSERT).run(...row);
        });
        batch = [];
      }),
    );
  for await (const { id, values } of rowsOfFiles(damaged, pageSize, LONGEST_TEXT)) {
    const [, hash, bytes] = values;
    if (!Buffer.isBuffer(hash) || !Buffer.isBuffer(bytes) || hash.length !== 64) continue;
    const text = bytes.toString();
    if (textHashOf(text) !== hashFromBytes(hash)) continue;
    highestId = Math.max(highestId, id);
    batch.push([hash, text]);
    if (batch.length === BATCH) await putBatch();
  }
  await putBatch();
  const recovered = await withConnection(
    into,
    (connection) => prepared.on(connection, COUNT).pluck().get() as number,
  );
  return { recovery: { recovered, total: Math.max(recovered, highestId) } };
}
