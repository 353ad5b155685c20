import { databaseFailure } from './database-failure.ts';
import {
  beginNext,
  openNewest,
  type Generation,
  type GenerationPlace,
  type Opened,
} from './generation.ts';
import { currentGeneration } from './generations.ts';

/** Files tried for one task: more are damaged than chance explains. */
const MOST_TRIES = 4;

/** The newest file of a name, in use: whoever finds it damaged, or left, goes on to the next one. */
export class NewestGeneration<T extends Opened> {
  readonly #place: GenerationPlace<T>;
  #current: Promise<Generation<T>> | null = null;

  constructor(place: GenerationPlace<T>) {
    this.#place = place;
  }

  get isOpen(): boolean {
    return this.#current !== null;
  }

  /**
   * Does a task on the current file, opened first where it is not; again on the next one where that
   * turns out to be left or damaged. Throws Failure where no file can be opened now, and what the
   * task throws.
   *
   * @param isDone whether a result is the same in any file: then it is not asked which is current
   */
  async use<R>(
    task: (opened: T, generation: Generation<T>) => Promise<R>,
    isDone: (result: R) => boolean = () => false,
  ): Promise<R> {
    for (let tries = 1; ; tries++) {
      const isLast = tries >= MOST_TRIES;
      const generation = await this.#open();
      // Another call met its damage, or found it left, while this one waited.
      if (generation.isLeft) continue;
      try {
        const result = await generation.use(task);
        if (isDone(result) || isLast || generation.isCurrent()) return result;
      } catch (error) {
        const { kind } = databaseFailure('using the cache', error);
        if (kind !== 'damagedCache' || isLast) throw error;
        beginAfter(generation);
      }
      await this.#leave(generation);
    }
  }

  /** Leaves the current file, damaged where nothing meets it, as it is, and goes over to the next. */
  async renew(): Promise<void> {
    const { directory, name } = this.#place;
    beginNext(directory, name, currentGeneration(directory, name));
    await this.use(() => Promise.resolve());
  }

  /** The next task opens it again. */
  async leave(): Promise<void> {
    const leaving = this.#current;
    this.#current = null;
    await (await leaving?.catch(() => null))?.leave();
  }

  async #open(): Promise<Generation<T>> {
    const opening = (this.#current ??= openNewest(this.#place));
    try {
      return await opening;
    } catch (error) {
      if (this.#current === opening) this.#current = null;
      throw error;
    }
  }

  async #leave(generation: Generation<T>): Promise<void> {
    // Another call may have gone on to the next file already.
    if ((await this.#current?.catch(() => null)) === generation) this.#current = null;
    await generation.leave();
  }
}

function beginAfter(generation: Generation<Opened>): void {
  try {
    generation.beginNext();
  } catch (error) {
    throw databaseFailure('leaving a damaged file', error);
  }
}
