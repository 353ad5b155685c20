import type { Chunk, Chunker } from '../chunks/chunk.ts';
import { spacedWords } from '../chunks/words.ts';
import { textHashOf, type TextHash } from '../keys/text-hash.ts';

/** A chunk with what the index stores of it: worked out where it was cut, off the event loop. */
export interface ReadyChunk extends Chunk {
  readonly hash: TextHash;
  /** As the full-text index takes them. */
  readonly words: { readonly symbols: string; readonly body: string };
}

export interface ReadyChunker extends Chunker {
  chunk(path: string, text: string, signal?: AbortSignal): Promise<ReadyChunk[]>;
}

export function readyChunk(chunk: Chunk, hash = textHashOf(chunk.text)): ReadyChunk {
  const words = { symbols: spacedWords(chunk.symbols.join(' ')), body: spacedWords(chunk.text) };
  return { ...chunk, hash, words };
}

export function readyChunker(chunker: Chunker): ReadyChunker {
  return {
    name: chunker.name,
    async chunk(path, text, signal) {
      const chunks = await chunker.chunk(path, text, signal);
      return chunks.map((chunk) => readyChunk(chunk));
    },
  };
}
