import { crc32 } from 'node:zlib';
import { z } from 'zod';
import type { EmbeddingSpace } from '../../../keys/space.ts';
import { HASH_FUNCTION } from '../../../keys/text-hash.ts';
import { BYTES_PER_NUMBER, ELEMENT_TYPES } from '../../../vectors/element.ts';

/** `docs/packs.md` describes the format for others. */
export const MAGIC = Buffer.from('EMBEDDINGPACK 1\n');

/** Facts of the pack; a space begins; texts; vectors of the space; the end. */
export const BLOCK_KINDS = ['HEAD', 'SPCE', 'TEXT', 'VECS', 'DONE'] as const;
export type BlockKind = (typeof BLOCK_KINDS)[number];

export interface Block {
  readonly kind: BlockKind;
  readonly payload: Buffer;
}

/** Before and after a payload. */
export const FRAME_BEFORE = 8;
export const FRAME_AFTER = 4;
/** A length beyond this is damage, not a block: it would fill the memory. */
export const LARGEST_PAYLOAD = 64 * 1024 * 1024;

export function encodeBlock({ kind, payload }: Block): Buffer {
  const frame = Buffer.alloc(FRAME_BEFORE + payload.length + FRAME_AFTER);
  frame.write(kind, 0, 'latin1');
  frame.writeUInt32LE(payload.length, 4);
  payload.copy(frame, FRAME_BEFORE);
  const end = FRAME_BEFORE + payload.length;
  frame.writeUInt32LE(crc32(frame.subarray(0, end)), end);
  return frame;
}

export function jsonBlock(kind: BlockKind, value: unknown): Block {
  return { kind, payload: Buffer.from(JSON.stringify(value)) };
}

export const headSchema = z.object({ withText: z.boolean(), spaces: z.array(z.string()) });
export type PackHead = z.infer<typeof headSchema>;

export const doneSchema = z.object({ embeddings: z.number(), texts: z.number() });
export type PackTotals = z.infer<typeof doneSchema>;

/** The space and what its keys are; anything else is refused. */
export const spaceSchema = z.object({
  hashFunction: z.literal(HASH_FUNCTION),
  space: z.object({
    provider: z.string().min(1).max(100),
    origin: z.string().max(2000).nullable(),
    model: z.string().min(1).max(1000),
    dimensions: z.number().int().min(1).max(65_536),
    requestedDimensions: z.number().int().min(1).max(65_536).nullable(),
    element: z.enum(ELEMENT_TYPES),
    role: z.enum(['document', 'query', 'both']),
    prefix: z.string().max(10_000),
    normalised: z.boolean(),
  }),
});

export interface PackedVector {
  /** 64 bytes. */
  readonly hash: Buffer;
  /** What the text was billed as; null where that is not known. */
  readonly tokens: number | null;
  /** As stored. */
  readonly vector: Buffer;
}

const HASH_BYTES = 64;
const UNKNOWN_TOKENS = 0xff_ff_ff_ff;

export function encodeVectors(rows: readonly PackedVector[]): Buffer {
  const parts: Buffer[] = [];
  for (const { hash, tokens, vector } of rows) {
    const count = Buffer.alloc(4);
    count.writeUInt32LE(tokens ?? UNKNOWN_TOKENS);
    parts.push(hash, count, vector);
  }
  return Buffer.concat(parts);
}

/** Null for a payload that does not hold whole rows of the space. */
export function decodeVectors(payload: Buffer, space: EmbeddingSpace): PackedVector[] | null {
  const size = HASH_BYTES + 4 + space.dimensions * BYTES_PER_NUMBER[space.element];
  if (payload.length % size !== 0) return null;
  return Array.from({ length: payload.length / size }, (_, i) => {
    const row = payload.subarray(i * size, (i + 1) * size);
    const tokens = row.readUInt32LE(HASH_BYTES);
    return {
      hash: row.subarray(0, HASH_BYTES),
      tokens: tokens === UNKNOWN_TOKENS ? null : tokens,
      vector: row.subarray(HASH_BYTES + 4),
    };
  });
}

export function encodeTexts(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}

/** Null for a payload that does not hold whole texts. */
export function decodeTexts(payload: Buffer): string[] | null {
  const texts: string[] = [];
  for (let at = 0; at < payload.length;) {
    if (at + 4 > payload.length) return null;
    const end = at + 4 + payload.readUInt32LE(at);
    if (end > payload.length) return null;
    texts.push(payload.toString('utf8', at + 4, end));
    at = end;
  }
  return texts;
}
