import { open, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { Failure } from '../../../errors.ts';
import {
  BLOCK_KINDS,
  FRAME_AFTER,
  FRAME_BEFORE,
  LARGEST_PAYLOAD,
  MAGIC,
  type Block,
  type BlockKind,
} from './pack-format.ts';

export type ReadBlock =
  | (Block & { readonly state: 'whole'; readonly end: number })
  /** Its bytes are not what was written; where it ends is known. */
  | { readonly state: 'damaged'; readonly end: number }
  /** The file ends, or is no pack, from here on. */
  | { readonly state: 'broken'; readonly end: number };

/** A pack's blocks one after another; memory holds one. `end` is the place in the file after it. */
export async function* readPack(file: string): AsyncGenerator<ReadBlock> {
  const handle = await openPack(file);
  try {
    const magic = await bytesAt(handle, 0, MAGIC.length);
    if (!magic?.equals(MAGIC)) throw new Failure('badFile', `${file} is not a pack`);
    let at = MAGIC.length;
    for (;;) {
      const block = await blockAt(handle, at);
      if (block === null) return;
      yield block;
      if (block.state === 'broken') return;
      at = block.end;
    }
  } finally {
    await handle.close();
  }
}

/** Null at the end of the file. */
async function blockAt(handle: FileHandle, at: number): Promise<ReadBlock | null> {
  const before = await bytesAt(handle, at, FRAME_BEFORE);
  if (before === null) {
    const { size } = await handle.stat();
    return at === size ? null : { state: 'broken', end: at };
  }
  const kind = BLOCK_KINDS.find((known) => known === before.toString('latin1', 0, 4));
  const length = before.readUInt32LE(4);
  if (kind === undefined || length > LARGEST_PAYLOAD) return { state: 'broken', end: at };
  const rest = await bytesAt(handle, at + FRAME_BEFORE, length + FRAME_AFTER);
  if (rest === null) return { state: 'broken', end: at };
  const end = at + FRAME_BEFORE + length + FRAME_AFTER;
  const payload = rest.subarray(0, length);
  if (crc32(payload, crc32(before)) !== rest.readUInt32LE(length)) return { state: 'damaged', end };
  return { state: 'whole', kind, payload, end };
}

/** Null where the file ends before. */
async function bytesAt(handle: FileHandle, at: number, length: number): Promise<Buffer | null> {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, at + filled);
    if (bytesRead === 0) return null;
    filled += bytesRead;
  }
  return bytes;
}

async function openPack(file: string): Promise<FileHandle> {
  try {
    return await open(file);
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new Failure('badFile', `${file} cannot be read${why}`, { cause });
  }
}

export type { BlockKind };
