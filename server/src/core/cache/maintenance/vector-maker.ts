import type { Knex } from 'knex';
import { Failure } from '../../errors.ts';
import type { EmbeddingSpace } from '../../keys/space.ts';
import { textHashOf } from '../../keys/text-hash.ts';
import { fromBlob } from '../../vectors/blob.ts';
import { dot, unit, type Vector } from '../../vectors/vector.ts';
import { withConnection } from '../database.ts';
import type { NewVector } from './merge-vectors.ts';

/** The model that is said to have made another program's vectors, at work on this computer. */
export interface VectorMaker {
  readonly space: EmbeddingSpace;
  /** Which of these texts it takes whole, in the order given. */
  fits(texts: readonly string[]): Promise<readonly boolean[]>;
  /** Its own vectors; null for a text that has none. */
  embed(texts: readonly string[]): Promise<readonly (Vector | null)[]>;
}

const FIND = 'SELECT text FROM hashstring WHERE hashid = ?';
/** Made again to see whether the maker is the right one. */
const SAMPLE = 16;
/** Another library, or another processor, rounds otherwise; another model is far from this. */
const LEAST_LIKENESS = 0.999;

/**
 * Takes those of another program's vectors that the maker would make itself. That program cuts off
 * the end of long texts, so theirs are left out, and so are vectors whose text is not known.
 */
export class MakerCheck {
  readonly #maker: VectorMaker;
  readonly #texts: Knex;
  #isProven = false;

  /** @param texts Database with a table `hashstring` of texts by `hashid`. */
  constructor(maker: VectorMaker, texts: Knex) {
    this.#maker = maker;
    this.#texts = texts;
  }

  /** Throws Failure `badFile` where the maker makes other vectors of these texts. */
  async own<Row extends NewVector>(rows: readonly Row[]): Promise<Row[]> {
    const texts = await this.#textsOf(rows);
    const known = rows.flatMap((row, i) => {
      const text = texts[i];
      return typeof text === 'string' && text.trim() !== '' ? [{ row, text }] : [];
    });
    const fits = await this.#maker.fits(known.map(({ text }) => text));
    const own = known.filter((_, i) => fits[i]);
    if (!this.#isProven && own.length > 0) {
      await this.#prove(own.slice(0, SAMPLE));
      this.#isProven = true;
    }
    // Some versions of the Python package stored wrong hashes.
    return own.map(({ row, text }) => ({ ...row, hash: Buffer.from(textHashOf(text), 'hex') }));
  }

  #textsOf(rows: readonly NewVector[]): Promise<unknown[]> {
    return withConnection(this.#texts, (connection) => {
      const find = connection.prepare(FIND).pluck();
      return rows.map(({ hash }) => find.get(hash));
    });
  }

  async #prove(sample: readonly { readonly row: NewVector; readonly text: string }[]) {
    const { space } = this.#maker;
    const made = await this.#maker.embed(sample.map(({ text }) => text));
    for (const [i, { row }] of sample.entries()) {
      const own = made[i];
      const theirs = fromBlob(row.vector, space.element);
      if (own && dot(unit(own), unit(theirs)) >= LEAST_LIKENESS) continue;
      throw notMadeBy(space.model);
    }
  }
}

export function notMadeBy(model: string): Failure {
  return new Failure(
    'badFile',
    `these vectors are not those of ${model} on this computer: another model made them, or another version of it`,
  );
}
