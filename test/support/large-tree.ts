import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const FILES_PER_FOLDER = 40;
const VERBS = [
  'load',
  'store',
  'merge',
  'check',
  'render',
  'parse',
  'send',
  'retry',
  'sort',
  'scan',
];
const NOUNS = [
  'user',
  'order',
  'price',
  'page',
  'token',
  'route',
  'image',
  'query',
  'lock',
  'event',
];

/** Writes that many small source files, each unlike the others, some 25 folders wide and 3 deep. */
export function writeLargeTree(folder: string, files: number): void {
  for (let i = 0; i < files; i++) {
    const file = path.join(folder, largeTreePath(i));
    if (i % FILES_PER_FOLDER === 0) mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, sourceOf(i));
  }
}

/** Path of the file of that number, with forward slashes. */
export function largeTreePath(i: number): string {
  const folder = Math.floor(i / FILES_PER_FOLDER);
  return `src/area${folder % 25}/part${Math.floor(folder / 25) % 25}/unit${folder}/file${i}.ts`;
}

export function sourceOf(i: number): string {
  const name = `${VERBS[i % 10]!}${NOUNS[Math.floor(i / 10) % 10]!}${i}`;
  const steps = Array.from(
    { length: 8 + (i % 7) },
    (_, k) => `  total += ${name}Step(${k}, input);`,
  );
  return `/** Number ${i}. */\nexport function ${name}(input: number): number {\n  let total = ${i};\n${steps.join('\n')}\n  return total;\n}\n`;
}
