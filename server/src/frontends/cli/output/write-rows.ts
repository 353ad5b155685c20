import type { Sink } from './sink.ts';

const PART_BYTES = 256 * 1024;

/** Writes many small rows as few larger parts. */
export async function writeRows<T>(
  sink: Sink,
  items: readonly T[],
  rowOf: (item: T) => Buffer,
): Promise<void> {
  let part: Buffer[] = [];
  let bytes = 0;
  for (const item of items) {
    const row = rowOf(item);
    part.push(row);
    bytes += row.length;
    if (bytes < PART_BYTES) continue;
    await sink.write(Buffer.concat(part));
    part = [];
    bytes = 0;
  }
  if (bytes > 0) await sink.write(Buffer.concat(part));
}
