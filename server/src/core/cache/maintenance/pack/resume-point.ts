import { existsSync } from 'node:fs';
import { Failure } from '../../../errors.ts';
import type { EmbeddingSpace } from '../../../keys/space.ts';
import {
  decodeTexts,
  decodeVectors,
  headSchema,
  spaceSchema,
  type Block,
  type PackHead,
} from './pack-format.ts';
import { readPack } from './pack-reader.ts';

/** How far an interrupted export came. */
export interface ResumePoint {
  /** Bytes of the partial file that are whole; 0 to begin anew. */
  readonly end: number;
  /** Number of the space it was in. */
  readonly shard: number;
  /** The last hash written of that space; null before the first, or when it was not begun. */
  readonly hash: Buffer | null;
  readonly embeddings: number;
  readonly texts: number;
}

const FROM_THE_START: ResumePoint = { end: 0, shard: 0, hash: null, embeddings: 0, texts: 0 };

/** A partial file of other spaces, or with other contents, is written anew. */
export async function resumePoint(partial: string, head: PackHead): Promise<ResumePoint> {
  if (!existsSync(partial)) return FROM_THE_START;
  try {
    return await pointIn(partial, head);
  } catch (error) {
    if (error instanceof Failure && error.kind === 'badFile') return FROM_THE_START;
    throw error;
  }
}

async function pointIn(partial: string, head: PackHead): Promise<ResumePoint> {
  let point = FROM_THE_START;
  let space: EmbeddingSpace | null = null;
  let shard = -1;
  let texts = 0;
  for await (const block of readPack(partial)) {
    if (block.state !== 'whole') break;
    switch (block.kind) {
      case 'HEAD':
        if (JSON.stringify(jsonOf(block, headSchema)) !== JSON.stringify(head))
          return FROM_THE_START;
        break;
      case 'SPCE':
        space = jsonOf(block, spaceSchema)?.space ?? null;
        shard++;
        break;
      case 'TEXT':
        texts += decodeTexts(block.payload)?.length ?? 0;
        break;
      case 'VECS': {
        const rows = space && decodeVectors(block.payload, space);
        const last = rows?.at(-1);
        if (!rows || !last) break;
        const embeddings = point.embeddings + rows.length;
        point = { end: block.end, shard, hash: Buffer.from(last.hash), embeddings, texts };
        break;
      }
      case 'DONE':
        break;
    }
  }
  return point;
}

/** Null for anything else. */
function jsonOf<T>(block: Block, schema: { safeParse(value: unknown): { data?: T } }): T | null {
  try {
    return schema.safeParse(JSON.parse(block.payload.toString())).data ?? null;
  } catch {
    // Not JSON: not what it should be.
    return null;
  }
}

export { jsonOf };
