import type { EmbeddingSpace } from '../keys/space.ts';
import type { TextHash } from '../keys/text-hash.ts';
import { fromBlob } from '../vectors/blob.ts';
import type { Vector } from '../vectors/vector.ts';
import type { Shard } from './shard.ts';
import { blobOf } from './stored-vector.ts';

/** A shard that ends with the process. Holds so many bytes of vectors; then the oldest go. */
export class MemoryShard implements Shard {
  readonly space: EmbeddingSpace;
  readonly #maxBytes: number;
  readonly #kept = new Map<TextHash, Kept>();
  #bytes = 0;

  constructor(space: EmbeddingSpace, { maxBytes }: { readonly maxBytes: number }) {
    this.space = space;
    this.#maxBytes = maxBytes;
  }

  get isEmpty(): boolean {
    return this.#kept.size === 0;
  }

  async getMany(
    hashes: Iterable<TextHash>,
    tokens?: Map<TextHash, number>,
  ): Promise<Map<TextHash, Vector>> {
    const found = new Map<TextHash, Vector>();
    for (const hash of hashes) {
      const kept = this.#kept.get(hash);
      if (!kept) continue;
      // A copy, as from a file: what the caller does with it is the caller's.
      found.set(hash, fromBlob(Buffer.from(kept.blob), this.space.element));
      if (kept.tokens !== undefined) tokens?.set(hash, kept.tokens);
    }
    return found;
  }

  async putMany(
    vectors: ReadonlyMap<TextHash, Vector>,
    tokens?: ReadonlyMap<TextHash, number>,
  ): Promise<void> {
    const blobs = [...vectors].map(
      ([hash, vector]) => [hash, Buffer.from(blobOf(this.space, vector))] as const,
    );
    for (const [hash, blob] of blobs) {
      this.#remove(hash);
      this.#kept.set(hash, { blob, tokens: tokens?.get(hash) });
      this.#bytes += blob.length;
    }
    for (const hash of this.#kept.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#remove(hash);
    }
  }

  async count(): Promise<number> {
    return this.#kept.size;
  }

  /** Of all vectors, oldest first. */
  hashes(): TextHash[] {
    return [...this.#kept.keys()];
  }

  removeMany(hashes: Iterable<TextHash>): void {
    for (const hash of hashes) this.#remove(hash);
  }

  async close(): Promise<void> {
    this.#kept.clear();
    this.#bytes = 0;
  }

  #remove(hash: TextHash): void {
    const kept = this.#kept.get(hash);
    if (!kept) return;
    this.#kept.delete(hash);
    this.#bytes -= kept.blob.length;
  }
}

interface Kept {
  readonly blob: Buffer;
  readonly tokens: number | undefined;
}
