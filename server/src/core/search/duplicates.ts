import { setImmediate as nextTurn } from 'node:timers/promises';
import type { IndexedChunk, IndexReader } from '../index/index-reader.ts';
import { PackedVectors } from '../index/packed-vectors.ts';
import { dot, type Vector } from '../vectors/vector.ts';

/** How alike chunks must be: letter for letter, or by the cosine of what they mean. */
export type Likeness = 'exact' | 'near' | 'similar';

export const LEAST_COSINE: Readonly<Record<Likeness, number>> = {
  exact: 1,
  near: 0.95,
  similar: 0.9,
};

export interface DuplicateOptions {
  readonly likeness: Likeness;
  /** Most groups given. */
  readonly limit: number;
  readonly signal: AbortSignal;
  /** Called now and then with chunks compared and chunks in all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Places with nearly the same code. */
export interface DuplicateGroup {
  /** Of the longest of them. */
  readonly lines: number;
  /** The least cosine of a copy with the first place; 1 for equal texts. */
  readonly likeness: number;
  readonly places: readonly DuplicatePlace[];
}

export interface DuplicatePlace {
  readonly folder: string;
  /** Relative to the folder, forward slashes. */
  readonly path: string;
  /** 1-based, inclusive. */
  readonly startLine: number;
  readonly endLine: number;
}

export interface Duplicates {
  /** Those with most lines to be saved first. */
  readonly groups: readonly DuplicateGroup[];
  /** Groups there are, also beyond the limit. */
  readonly total: number;
}

/** Shorter chunks are alike without meaning anything by it. */
const LEAST_LINES = 5;
/** Copies of one text beyond this are not compared with others. */
const MOST_NEIGHBOURS = 64;
const VECTORS_PER_STEP = 1000;
const PROGRESS_EVERY = 100;

interface Text {
  readonly chunks: { readonly reader: IndexReader; readonly chunk: IndexedChunk }[];
  /** Its place among the distinct texts, from 1. */
  readonly id: number;
}

/** Groups of chunks with the same text, or whose bodies mean nearly the same. Asks no provider. */
export async function findDuplicates(
  readers: readonly IndexReader[],
  options: DuplicateOptions,
): Promise<Duplicates> {
  const texts = await distinctTexts(readers, options.signal);
  const groups =
    options.likeness === 'exact'
      ? [...texts.values()].map((text) => ({ texts: [text], likeness: 1 }))
      : await alikeTexts(readers, texts, options);
  const found = groups
    .map(({ texts: members, likeness }) => groupOf(members, likeness))
    .filter(({ places }) => places.length > 1)
    .sort((a, b) => savedLines(b) - savedLines(a));
  return { groups: found.slice(0, options.limit), total: found.length };
}

async function distinctTexts(
  readers: readonly IndexReader[],
  signal: AbortSignal,
): Promise<Map<string, Text>> {
  const texts = new Map<string, Text>();
  for (const reader of readers) {
    for await (const chunk of reader.everyChunk()) {
      signal.throwIfAborted();
      if (chunk.endLine - chunk.startLine + 1 < LEAST_LINES) continue;
      const text = texts.get(chunk.hash) ?? { chunks: [], id: texts.size + 1 };
      text.chunks.push({ reader, chunk });
      texts.set(chunk.hash, text);
    }
  }
  return texts;
}

/** Each text joins the first one it is alike; so no chain of small steps joins what is not. */
async function alikeTexts(
  readers: readonly IndexReader[],
  texts: ReadonlyMap<string, Text>,
  { likeness, signal, onProgress }: DuplicateOptions,
): Promise<{ texts: Text[]; likeness: number }[]> {
  const least = LEAST_COSINE[likeness];
  const all = [...texts.values()];
  const vectorsOf = async (wanted: readonly Text[]): Promise<Map<number, Vector>> => {
    const vectors = new Map<number, Vector>();
    for (const reader of readers) {
      const own = wanted.filter(({ chunks }) => chunks[0]!.reader === reader);
      const bodies = await reader.bodies(own.map(({ chunks }) => chunks[0]!.chunk.hash));
      for (const { id, chunks } of own) {
        const vector = bodies.get(chunks[0]!.chunk.hash);
        if (vector) vectors.set(id, vector);
      }
    }
    return vectors;
  };
  let packed: PackedVectors | null = null;
  for (let first = 0; first < all.length; first += VECTORS_PER_STEP) {
    await nextTurn();
    signal.throwIfAborted();
    for (const [id, vector] of await vectorsOf(all.slice(first, first + VECTORS_PER_STEP))) {
      packed ??= new PackedVectors(vector.length);
      packed.set(id, vector);
    }
  }
  const joined = new Set<number>();
  const groups: { texts: Text[]; likeness: number }[] = [];
  for (const [done, text] of all.entries()) {
    if (done % PROGRESS_EVERY === 0) {
      await nextTurn();
      signal.throwIfAborted();
      onProgress?.(done, all.length);
    }
    if (joined.has(text.id)) continue;
    const group = { texts: [text], likeness: 1 };
    groups.push(group);
    joined.add(text.id);
    const vector = (await vectorsOf([text])).get(text.id);
    if (!packed || !vector) continue;
    const { found } = await packed.nearest(vector, MOST_NEIGHBOURS, (id) => !joined.has(id));
    const near = found
      .filter(({ score, error }) => score + error >= least)
      .map(({ id }) => all[id - 1]!);
    const vectors = await vectorsOf(near);
    for (const other of near) {
      const cosine = dot(vector, vectors.get(other.id)!);
      if (cosine < least) continue;
      group.texts.push(other);
      group.likeness = Math.min(group.likeness, cosine);
      joined.add(other.id);
    }
  }
  return groups;
}

function groupOf(texts: readonly Text[], likeness: number): DuplicateGroup {
  const places: DuplicatePlace[] = [];
  for (const { reader, chunk } of texts.flatMap(({ chunks }) => chunks)) {
    const place = { folder: reader.folder, path: chunk.path, ...linesOf(chunk) };
    // Where one folder lies inside another, a file is in both.
    if (!places.some((other) => isSame(place, other))) places.push(place);
  }
  const lines = Math.max(...places.map(({ startLine, endLine }) => endLine - startLine + 1));
  return { lines, likeness, places };
}

function linesOf({ startLine, endLine }: IndexedChunk) {
  return { startLine, endLine };
}

function isSame(a: DuplicatePlace, b: DuplicatePlace): boolean {
  return (
    `${a.folder}/${a.path}` === `${b.folder}/${b.path}` &&
    a.startLine <= b.endLine &&
    b.startLine <= a.endLine
  );
}

function savedLines({ lines, places }: DuplicateGroup): number {
  return lines * (places.length - 1);
}
