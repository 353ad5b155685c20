/** A column's value as SQLite's file format stores it; text comes as its bytes. */
export type StoredValue = null | number | Buffer;

/**
 * Reads one record (https://www.sqlite.org/fileformat2.html#record_format), or gives null for bytes
 * that are none.
 */
export function readRecord(payload: Buffer): StoredValue[] | null {
  const header = readVarint(payload, 0);
  if (!header || header.value > payload.length) return null;
  const values: StoredValue[] = [];
  let at = header.next;
  let body = header.value;
  while (at < header.value) {
    const type = readVarint(payload, at);
    if (!type) return null;
    at = type.next;
    const size = sizeOfType(type.value);
    if (size === null || body + size > payload.length) return null;
    values.push(readValue(payload, body, type.value, size));
    body += size;
  }
  return values;
}

/** Big-endian base 128, at most nine bytes; null past the end or beyond a safe integer. */
export function readVarint(bytes: Buffer, start: number): { value: number; next: number } | null {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) return null;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return Number.isSafeInteger(value) ? { value, next: start + i + 1 } : null;
  }
  return null;
}

const NUMBER_SIZES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

/** Bytes of a serial type; null for the two that are reserved. */
function sizeOfType(type: number): number | null {
  if (type < 10) return NUMBER_SIZES[type]!;
  return type < 12 ? null : Math.floor((type - 12) / 2);
}

function readValue(payload: Buffer, at: number, type: number, size: number): StoredValue {
  if (type >= 12) return payload.subarray(at, at + size);
  switch (type) {
    case 0:
      return null;
    case 6:
      return Number(payload.readBigInt64BE(at));
    case 7:
      return payload.readDoubleBE(at);
    case 8:
    case 9:
      return type - 8;
    default:
      return payload.readIntBE(at, size);
  }
}
