import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../errors.ts';
import { ensurePrivateDirectory } from './cache-directory.ts';
import { databaseFailure } from './database-failure.ts';
import {
  beginGeneration,
  currentGeneration,
  generationFile,
  generationsIn,
  NEWEST_GENERATION,
} from './generations.ts';

/** What a file is used through. */
export interface Opened {
  close(): Promise<void>;
}

export interface GenerationPlace<T extends Opened> {
  readonly directory: string;
  /** Of the file, without its generation and its ending. */
  readonly name: string;
  /**
   * Opens a file, and brings into it what can be read of older ones (absolute paths, oldest first).
   * Throws Failure, and leaves nothing open then.
   */
  open(file: string, older: readonly string[]): Promise<T>;
}

/** One generation of a file, open. */
export class Generation<T extends Opened> {
  readonly #opened: T;
  readonly #directory: string;
  readonly #name: string;
  readonly #generation: number;
  readonly #inode: number | undefined;
  #uses = 0;
  #isLeft = false;
  #isClosed = false;

  constructor(directory: string, name: string, generation: number, opened: T) {
    this.#opened = opened;
    this.#directory = directory;
    this.#name = name;
    this.#generation = generation;
    this.#inode = inodeOf(this.#file(generation));
  }

  /**
   * False when another process has begun the next generation, or when the file was renamed or
   * deleted: then what is written here is lost to everybody else.
   */
  isCurrent(): boolean {
    const inode = inodeOf(this.#file(this.#generation));
    return inode === this.#inode && !existsSync(this.#file(this.#generation + 1));
  }

  /** Leaves this file, damaged, as it is. */
  beginNext(): void {
    beginNext(this.#directory, this.#name, this.#generation);
  }

  /** Of the write-ahead log. */
  logBytes(): number {
    const log = `${this.#file(this.#generation)}-wal`;
    return statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  }

  get isLeft(): boolean {
    return this.#isLeft;
  }

  async use<R>(task: (opened: T, generation: this) => Promise<R>): Promise<R> {
    this.#uses++;
    try {
      return await task(this.#opened, this);
    } finally {
      this.#uses--;
      await this.#closeWhenDone();
    }
  }

  /** Closes the file once nobody uses it any more. */
  async leave(): Promise<void> {
    this.#isLeft = true;
    await this.#closeWhenDone();
  }

  #file(generation: number): string {
    return path.join(this.#directory, generationFile(this.#name, generation));
  }

  async #closeWhenDone(): Promise<void> {
    if (!this.#isLeft || this.#isClosed || this.#uses > 0) return;
    this.#isClosed = true;
    await this.#opened.close();
  }
}

/** Opens the newest file of a name, beginning another where that one is damaged. Throws Failure. */
export async function openNewest<T extends Opened>(
  place: GenerationPlace<T>,
): Promise<Generation<T>> {
  const { directory, name } = place;
  for (;;) {
    let generation = 1;
    try {
      // Again each time: a directory that was deleted meanwhile is made anew.
      ensurePrivateDirectory(directory);
      generation = currentGeneration(directory, name);
      const older = (generationsIn(directory).get(name) ?? []).filter((each) => each < generation);
      const fileOf = (each: number) => path.join(directory, generationFile(name, each));
      const opened = await place.open(fileOf(generation), older.map(fileOf));
      return new Generation(directory, name, generation, opened);
    } catch (error) {
      const problem = databaseFailure(`opening ${name}`, error);
      if (problem.kind !== 'damagedCache') throw problem;
      beginNext(directory, name, generation);
    }
  }
}

/** Leaves one generation of a file as it is. Throws Failure `cacheUnusable` after too many. */
export function beginNext(directory: string, name: string, generation: number): void {
  if (generation >= NEWEST_GENERATION) {
    throw new Failure('cacheUnusable', `${name} was damaged ${generation} times`);
  }
  beginGeneration(directory, name, generation + 1);
}

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}
