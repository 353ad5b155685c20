import type { TextHash } from '../keys/text-hash.ts';
import type { Vector } from '../vectors/vector.ts';
import type { Shard } from './shard.ts';

/**
 * The vectors of a shard that were read last, in front of the shard: for search, which asks for the
 * same ones at every letter typed. A hash's vector never changes, so nothing here grows stale.
 */
export class RecentVectors implements Pick<Shard, 'getMany'> {
  readonly #shard: Pick<Shard, 'getMany'>;
  readonly #maxBytes: number;
  /** The longest unread first. */
  readonly #vectors = new Map<TextHash, Vector>();
  #bytes = 0;

  constructor(shard: Pick<Shard, 'getMany'>, { maxBytes }: { readonly maxBytes: number }) {
    this.#shard = shard;
    this.#maxBytes = maxBytes;
  }

  /** As the shard's; the vectors are shared, so nobody may change them. */
  async getMany(hashes: readonly TextHash[]): Promise<Map<TextHash, Vector>> {
    const found = new Map<TextHash, Vector>();
    const absent: TextHash[] = [];
    for (const hash of hashes) {
      const vector = this.#vectors.get(hash);
      if (!vector) {
        absent.push(hash);
        continue;
      }
      this.#vectors.delete(hash);
      this.#vectors.set(hash, vector);
      found.set(hash, vector);
    }
    if (absent.length === 0) return found;
    for (const [hash, vector] of await this.#shard.getMany(absent)) {
      found.set(hash, vector);
      this.#keep(hash, vector);
    }
    return found;
  }

  #keep(hash: TextHash, vector: Vector): void {
    // Two calls at once may both have asked the shard.
    if (!this.#vectors.has(hash)) this.#bytes += vector.byteLength;
    this.#vectors.set(hash, vector);
    for (const [oldest, { byteLength }] of this.#vectors) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#vectors.delete(oldest);
      this.#bytes -= byteLength;
    }
  }
}
