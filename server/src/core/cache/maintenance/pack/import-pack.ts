import { statSync } from 'node:fs';
import type { Knex } from 'knex';
import { Failure } from '../../../errors.ts';
import type { EmbeddingSpace } from '../../../keys/space.ts';
import { textHashOf } from '../../../keys/text-hash.ts';
import type { OnProblem } from '../../steady-database.ts';
import type { TextStore } from '../../text-store.ts';
import { openSpaceFile } from '../cache-files.ts';
import { mergeVectors, type MergeCounts } from '../merge-vectors.ts';
import { ProgressCount, type MaintenanceRun } from '../progress.ts';
import { decodeTexts, decodeVectors, spaceSchema, type Block } from './pack-format.ts';
import { readPack } from './pack-reader.ts';
import { jsonOf } from './resume-point.ts';

export interface ImportOptions extends MaintenanceRun {
  /** Absolute path of the cache directory. */
  readonly directory: string;
  readonly texts: TextStore;
  /** Told when what is there already turns out to be damaged. */
  readonly onProblem: OnProblem;
  /** Absolute path of the pack. */
  readonly file: string;
}

export interface ImportedSpace extends Readonly<MergeCounts> {
  readonly space: EmbeddingSpace;
  /** Sound vectors that were not taken, because their model would make others of their texts. */
  readonly leftOut?: number;
}

export interface ImportReport {
  readonly spaces: readonly ImportedSpace[];
  readonly texts: number;
  /** False when a part of the pack is damaged or missing; the rest is imported. */
  readonly complete: boolean;
  /** The model of a Python directory cannot be run here: until then no provider uses its vectors. */
  readonly modelMissing?: boolean;
  readonly seconds: number;
}

/**
 * Merges a pack into the cache, a block at a time: interrupted, it can be run again. Each block and
 * each vector is checked; a good row that is there is never touched. Throws Failure `badFile` for
 * what is no pack.
 */
export async function importPack(options: ImportOptions): Promise<ImportReport> {
  const startedAt = performance.now();
  const importer = new PackImporter(options);
  let isComplete = false;
  let isDamaged = false;
  try {
    for await (const block of readPack(options.file)) {
      options.signal.throwIfAborted();
      importer.readUpTo(block.end);
      if (block.state !== 'whole') isDamaged = true;
      else if (block.kind === 'DONE') isComplete = true;
      else if (!(await importer.take(block))) isDamaged = true;
    }
  } finally {
    await importer.close();
  }
  return {
    spaces: importer.spaces,
    texts: importer.textCount,
    complete: isComplete && !isDamaged,
    seconds: (performance.now() - startedAt) / 1000,
  };
}

class PackImporter {
  readonly #options: ImportOptions;
  readonly #progress: ProgressCount;
  readonly spaces: (MergeCounts & { space: EmbeddingSpace })[] = [];
  #db: Knex | null = null;
  #waitingTexts: string[] = [];
  #at = 0;
  textCount = 0;

  constructor(options: ImportOptions) {
    this.#options = options;
    const size = statSync(options.file, { throwIfNoEntry: false })?.size ?? 0;
    this.#progress = new ProgressCount(options, size);
  }

  readUpTo(end: number): void {
    this.#progress.add(end - this.#at);
    this.#at = end;
  }

  async close(): Promise<void> {
    await this.#db?.destroy();
    this.#db = null;
  }

  /** False for a block whose contents are not what they should be. */
  async take(block: Block): Promise<boolean> {
    switch (block.kind) {
      case 'SPCE': {
        const about = jsonOf(block, spaceSchema);
        if (!about) throw new Failure('badFile', 'the pack holds a space that is not known here');
        await this.close();
        const { directory, onProblem } = this.#options;
        this.#db = await openSpaceFile({ directory, space: about.space, onProblem });
        this.spaces.push({ space: about.space, added: 0, present: 0, refused: 0 });
        return true;
      }
      case 'TEXT': {
        const texts = decodeTexts(block.payload);
        this.#waitingTexts.push(...(texts ?? []));
        return texts !== null;
      }
      case 'VECS':
        return this.#takeVectors(block.payload);
      case 'HEAD':
      case 'DONE':
        return true;
    }
  }

  async #takeVectors(payload: Buffer): Promise<boolean> {
    const counts = this.spaces.at(-1);
    const rows = counts ? decodeVectors(payload, counts.space) : null;
    const texts = this.#waitingTexts;
    this.#waitingTexts = [];
    if (!this.#db || !counts || !rows) return false;
    const merged = await mergeVectors(this.#db, counts.space, rows, this.#options.signal);
    counts.added += merged.added;
    counts.present += merged.present;
    counts.refused += merged.refused;
    // After its vector, as everybody stores a text.
    await this.#options.texts.putMany(new Map(texts.map((text) => [textHashOf(text), text])));
    this.textCount += texts.length;
    return true;
  }
}
