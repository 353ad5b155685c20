import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { openCache } from '../../../server/src/core/cache/embedding-cache.ts';
import {
  openWorkspaceIndex,
  type WorkspaceIndex,
} from '../../../server/src/core/index/workspace-index.ts';
import { readyChunk } from '../../../server/src/core/index/ready-chunk.ts';
import type { EmbeddingSpace } from '../../../server/src/core/keys/space.ts';
import { textHashOf } from '../../../server/src/core/keys/text-hash.ts';
import type { Vector } from '../../../server/src/core/vectors/vector.ts';
import { uniforms } from './random-vectors.ts';

export interface LargeIndexOptions {
  readonly cacheDir: string;
  /** Absolute path the index is for; nothing need be there. */
  readonly folder: string;
  readonly space: EmbeddingSpace;
  readonly chunks: number;
  vectorOf(chunk: number): Vector;
}

const CHUNKS_PER_FILE = 10;
const CHUNKS_PER_GROUP = 1000;
const WORDS_PER_LINE = 8;
const LINES = 8;

/** Fills a cache and an index with chunks of made-up code whose words are as frequent as real ones. */
export async function buildLargeIndex(options: LargeIndexOptions): Promise<void> {
  const { cacheDir, folder, space, chunks } = options;
  const cache = await openCache({ directory: cacheDir, storeText: true });
  const shard = await cache.shard(space);
  const index = await openWorkspaceIndex({
    folder,
    directory: path.join(cacheDir, 'workspaces'),
    space,
  });
  const draw = await wordSource();
  for (let first = 0; first < chunks; first += CHUNKS_PER_GROUP) {
    const count = Math.min(CHUNKS_PER_GROUP, chunks - first);
    const texts = Array.from({ length: count }, (_, i) => textOf(first + i, draw));
    const ids = await putFiles(index, first, texts, draw);
    const vectors = texts.map((_, i) => options.vectorOf(first + i));
    const hashes = texts.map(textHashOf);
    await shard.putMany(new Map(hashes.map((hash, i) => [hash, vectors[i]!])));
    await cache.texts.putMany(new Map(hashes.map((hash, i) => [hash, texts[i]!])));
    await index.setVectors(new Map(ids.map((id, i) => [id, vectors[i]!])));
  }
  await index.markIndexed(new Date());
  await index.close();
  await cache.close();
}

/** Ids of the chunks, in order. */
async function putFiles(
  index: WorkspaceIndex,
  first: number,
  texts: readonly string[],
  draw: () => string,
): Promise<number[]> {
  const files = [];
  for (let i = 0; i < texts.length; i += CHUNKS_PER_FILE) {
    const inFile = texts.slice(i, i + CHUNKS_PER_FILE);
    files.push({
      entry: {
        path: `src/${draw()}/${draw()}-${first + i}.ts`,
        size: inFile.join('\n').length,
        mtimeMs: 0,
      },
      scannedAtMs: 0,
      blob: null,
      content: {
        kind: 'chunks' as const,
        chunks: inFile.map((text, c) =>
          readyChunk({
            text,
            startLine: 1 + c * LINES,
            endLine: LINES + c * LINES,
            kind: 'function',
            symbols: [text.slice(9, text.indexOf('('))],
            enclosing: [],
          }),
        ),
      },
    });
  }
  const stored = await index.putFiles(files);
  return stored.flatMap(({ pending }) => pending.map(({ id }) => id));
}

function textOf(number: number, draw: () => string): string {
  const line = () => Array.from({ length: WORDS_PER_LINE }, draw).join(' ');
  const lines = Array.from({ length: LINES - 2 }, () => `  ${line()};`);
  return [`function ${draw()}${number}() {`, ...lines, '}'].join('\n');
}

/** Words of the built-in model's vocabulary, the n-th about 1/n as often as the first. */
async function wordSource(): Promise<() => string> {
  const model = await readFile(
    path.resolve(import.meta.dirname, '../../../server/model/code-static-256.bin'),
  );
  const headerEnd = 4 + model.readUInt32LE(0);
  const { vocabBytes } = JSON.parse(model.toString('utf8', 4, headerEnd)) as { vocabBytes: number };
  const words = model
    .toString('utf8', headerEnd, headerEnd + vocabBytes)
    .split('\n')
    .filter((word) => /^[a-z]{2,}$/.test(word));
  const uniform = uniforms(1);
  return () => words[Math.floor(words.length ** uniform()) - 1]!;
}
