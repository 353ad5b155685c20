import type { Connection } from '../cache/database.ts';
import type { ChunkTable } from './chunk-table.ts';
import type { PackStore } from './pack-store.ts';
import { PackedVectors } from './packed-vectors.ts';

/** What memory holds of an index. */
export interface Resident {
  /** Path of every chunk, so that filters need no query. */
  readonly pathOf: Map<number, string>;
  readonly vectors: PackedVectors;
}

export interface ResidentParts {
  readonly table: ChunkTable;
  readonly packs: PackStore;
  readonly dimensions: number;
}

export function emptyResident(dimensions: number): Resident {
  return { pathOf: new Map(), vectors: new PackedVectors(dimensions) };
}

/**
 * Reads it in steps of some milliseconds, each to be taken in a transaction. It is whole if nobody
 * wrote between the first and the last.
 */
export function* residentSteps(
  connection: Connection,
  { table, packs, dimensions }: ResidentParts,
): Generator<undefined, Resident, undefined> {
  const pathOf = yield* table.paths(connection);
  const vectors = new PackedVectors(dimensions);
  for (const some of packs.load(connection)) {
    vectors.addPacks(some, (id) => pathOf.has(id));
    yield;
  }
  return { pathOf, vectors };
}

/** All of it at once. */
export function readResident(connection: Connection, parts: ResidentParts): Resident {
  const steps = residentSteps(connection, parts);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
