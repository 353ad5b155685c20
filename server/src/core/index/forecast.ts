import type { Chunk } from '../chunks/chunk.ts';
import type { Embedder } from '../embed/embedder.ts';
import { textHashOf, type TextHash } from '../keys/text-hash.ts';
import type { EmbeddingProvider } from '../providers/provider.ts';
import type { ChunkPlace, FileToSend } from './index-report.ts';

export interface Prediction {
  /** Chunks that would be sent, each text once. */
  readonly chunks: number;
  readonly tokens: number;
  readonly toSend: readonly FileToSend[];
  readonly looksSecret: readonly ChunkPlace[];
}

/** What indexing would send. Sends nothing. */
export class Forecast {
  readonly #embedder: Embedder;
  readonly #provider: EmbeddingProvider;
  readonly #seen = new Set<TextHash>();
  readonly #toSend: FileToSend[] = [];
  readonly #looksSecret: ChunkPlace[] = [];

  constructor(embedder: Embedder, provider: EmbeddingProvider) {
    this.#embedder = embedder;
    this.#provider = provider;
  }

  async add(path: string, chunks: readonly Chunk[], signal: AbortSignal): Promise<void> {
    const misses = await this.#embedder.missesOf(chunks.map(({ text }) => text));
    const secret = await this.#embedder.secretsAmong(misses, signal);
    let sent = 0;
    let tokens = 0;
    for (const { text, startLine, endLine } of chunks) {
      const hash = textHashOf(text);
      if (secret.has(hash)) this.#looksSecret.push({ path, startLine, endLine });
      if (!misses.has(hash) || secret.has(hash) || this.#seen.has(hash)) continue;
      this.#seen.add(hash);
      sent++;
      tokens += this.#provider.local ? 0 : this.#provider.countTokens(text);
    }
    if (sent > 0) this.#toSend.push({ path, chunks: sent, tokens });
  }

  predicted(): Prediction {
    const sum = (of: (file: FileToSend) => number) =>
      this.#toSend.reduce((total, file) => total + of(file), 0);
    return {
      chunks: sum(({ chunks }) => chunks),
      tokens: sum(({ tokens }) => tokens),
      toSend: this.#toSend,
      looksSecret: this.#looksSecret,
    };
  }
}
