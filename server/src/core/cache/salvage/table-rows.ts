import { setImmediate as nextTurn } from 'node:timers/promises';
import { PageFile, type Page } from './page-file.ts';
import { readRecord, readVarint, type StoredValue } from './record.ts';

export interface TableRow {
  readonly id: number;
  /** In the order of the columns; an `INTEGER PRIMARY KEY` is null. */
  readonly values: readonly StoredValue[];
}

const TABLE_LEAF = 0x0d;
const FILE_HEADER = 100;
/** Others get the event loop after so long. */
const TURN_MS = 10;

/**
 * Every row of every table that still lies in a file, found by its own page and not from the root:
 * so a damaged header, root or inner page hides nothing. Deleted and superseded rows may be among
 * them, and rows of nonsense: the caller must know a whole row by itself, and how many bytes the
 * longest has.
 */
export async function* tableRows(file: PageFile, longestPayload: number): AsyncGenerator<TableRow> {
  let turnAt = performance.now();
  for await (const page of file.pages()) {
    // Pages of nonsense may seem to hold thousands of rows each.
    if (performance.now() - turnAt > TURN_MS) {
      await nextTurn();
      turnAt = performance.now();
    }
    for (const cell of cellsOf(page)) {
      if (cell.payloadBytes > longestPayload) continue;
      const payload = await payloadOf(file, page.bytes, cell);
      const values = payload && readRecord(payload);
      if (values) yield { id: cell.id, values };
    }
  }
}

/** As `tableRows`, of several files one after the other. */
export async function* rowsOfFiles(
  files: readonly string[],
  pageSize: number,
  longestPayload: number,
): AsyncGenerator<TableRow> {
  for (const file of files) {
    const pages = await PageFile.open(file, pageSize);
    try {
      yield* tableRows(pages, longestPayload);
    } finally {
      await pages.close();
    }
  }
}

interface Cell {
  readonly id: number;
  readonly payloadBytes: number;
  readonly start: number;
}

function* cellsOf({ bytes, isFirst }: Page): Generator<Cell> {
  const header = isFirst ? FILE_HEADER : 0;
  if (bytes[header] !== TABLE_LEAF) return;
  const count = bytes.readUInt16BE(header + 3);
  for (let i = 0; i < count; i++) {
    const pointer = header + 8 + 2 * i;
    if (pointer + 2 > bytes.length) return;
    const length = readVarint(bytes, bytes.readUInt16BE(pointer));
    const id = length && readVarint(bytes, length.next);
    if (!id) continue;
    yield { id: id.value, payloadBytes: length.value, start: id.next };
  }
}

/** A long payload goes on in a chain of overflow pages. */
async function payloadOf(
  file: PageFile,
  page: Buffer,
  { payloadBytes, start }: Cell,
): Promise<Buffer | null> {
  const local = localBytes(payloadBytes, file.pageSize);
  if (start + local > page.length) return null;
  const parts = [page.subarray(start, start + local)];
  if (local === payloadBytes) return parts[0]!;
  if (start + local + 4 > page.length) return null;
  let next = page.readUInt32BE(start + local);
  for (let missing = payloadBytes - local; missing > 0;) {
    const overflow = next === 0 ? null : await file.page(next);
    if (!overflow) return null;
    const part = overflow.subarray(4, 4 + missing);
    parts.push(part);
    missing -= part.length;
    next = overflow.readUInt32BE(0);
  }
  return Buffer.concat(parts);
}

/** How much of a payload lies in its own leaf (SQLite's file format, "B-tree Pages"). */
function localBytes(payloadBytes: number, pageSize: number): number {
  const most = pageSize - 35;
  if (payloadBytes <= most) return payloadBytes;
  const least = Math.floor(((pageSize - 12) * 32) / 255) - 23;
  const wanted = least + ((payloadBytes - least) % (pageSize - 4));
  return wanted <= most ? wanted : least;
}
