import { createHash } from 'node:crypto';

const CR = 0x0d;

/**
 * Git's id of the bytes as a blob (SHA-1, hex). Where git keeps the file with `\n` and the disk has
 * `\r\n`, the id with `\n` is given if that is the one expected.
 */
export function blobIdOf(bytes: Uint8Array, expected?: string): string {
  const id = hash(bytes);
  if (expected === undefined || id === expected || !bytes.includes(CR)) return id;
  const kept = hash(withoutCarriageReturns(bytes));
  return kept === expected ? kept : id;
}

function hash(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

function withoutCarriageReturns(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return Buffer.from(text.replaceAll('\r\n', '\n'), 'latin1');
}
