import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ensurePrivateFile } from './cache-directory.ts';
import { databaseFailure } from './database-failure.ts';

/**
 * A damaged file is never replaced, for another process may hold it. What can be read of it goes
 * into its next generation: `NAME.db`, then `NAME.g2.db`, `NAME.g3.db`, … The newest that exists is
 * current; making it, one atomic step, is what switches every process over.
 */
export function generationFile(name: string, generation: number): string {
  return generation === 1 ? `${name}.db` : `${name}.g${generation}.db`;
}

/** A file damaged this often has another cause than bad luck. */
export const NEWEST_GENERATION = 99;

/** Numbers of the generations that a directory has, by name, oldest first. */
export function generationsIn(directory: string): Map<string, number[]> {
  const generations = new Map<string, number[]>();
  for (const file of listed(directory)) {
    const match = GENERATION_FILE.exec(file);
    if (!match) continue;
    const name = match[1]!;
    const numbers = [...(generations.get(name) ?? []), Number(match[2] ?? 1)];
    generations.set(
      name,
      numbers.sort((a, b) => a - b),
    );
  }
  return generations;
}

/** 1 for a file that does not exist yet. */
export function currentGeneration(directory: string, name: string): number {
  return generationsIn(directory).get(name)?.at(-1) ?? 1;
}

/** Absolute path of the generation to open, whether or not it exists yet. */
export function currentFile(directory: string, name: string): string {
  return path.join(directory, generationFile(name, currentGeneration(directory, name)));
}

/** Absolute paths of the newest generations that a directory has. */
export function newestFilesIn(directory: string): string[] {
  return [...generationsIn(directory)].map(([name, generations]) =>
    path.join(directory, generationFile(name, generations.at(-1)!)),
  );
}

/** Of a generation's file, without its generation and its ending; null for any other file. */
export function nameOfGeneration(file: string): string | null {
  return GENERATION_FILE.exec(path.basename(file))?.[1] ?? null;
}

/** False for a file (absolute path) that a newer generation has replaced: it was kept because it is damaged. */
export function isNewest(file: string): boolean {
  const name = nameOfGeneration(file);
  return name === null || currentFile(path.dirname(file), name) === file;
}

/** Every process goes over to the new generation; two that begin it at once make one. */
export function beginGeneration(directory: string, name: string, generation: number): void {
  ensurePrivateFile(path.join(directory, generationFile(name, generation)));
}

/** A directory that cannot be listed has no file that could be opened. */
function listed(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    databaseFailure(`listing ${directory}`, error);
    return [];
  }
}

const GENERATION_FILE = /^([a-z0-9-]+)(?:\.g([1-9]\d{0,5}))?\.db$/;
