import { hash } from 'node:crypto';

/** SHA-512 of a text's UTF-8 bytes, as 128 hex digits. Within one space it is the cache key. */
export type TextHash = string & { readonly __brand: 'TextHash' };

/** Recorded with every shard, so that another function can be added. */
export const HASH_FUNCTION = 'sha512';

export function textHashOf(text: string): TextHash {
  return hash(HASH_FUNCTION, text, 'hex') as TextHash;
}

/** The 64 raw bytes that are stored. */
export function hashToBytes(hash: TextHash): Buffer {
  return Buffer.from(hash, 'hex');
}

export function hashFromBytes(bytes: Buffer): TextHash {
  return bytes.toString('hex') as TextHash;
}
