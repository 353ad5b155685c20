import { crc32 } from 'node:zlib';

/**
 * CRC-32 of hash and vector, signed so that it fits a 32-bit integer column anywhere. SQLite's
 * `integrity_check` does not see a flipped bit inside a blob; this does.
 */
export function checksumOf(hash: Buffer, vector: Buffer): number {
  return crc32(vector, crc32(hash)) | 0;
}
