import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Chunk } from '../../../server/src/core/chunks/chunk.ts';
import { createChunker } from '../../../server/src/core/chunks/create-chunker.ts';
import { GRAMMARS_FOLDER } from '../../support/put-grammars.ts';

const chunker = createChunker(GRAMMARS_FOLDER);
const root = path.resolve(import.meta.dirname, '../../..');

interface Source {
  readonly path: string;
  readonly text: string;
}

/** Sources people wrote: this project's, and those of labelled repositories where they are here. */
const sources: readonly Source[] = [
  ...filesBelow(path.join(root, 'server/src')),
  ...filesBelow(path.join(root, 'client/src')),
  ...filesBelow(path.join(root, 'node_modules/better-sqlite3'), /\.(?:js|cpp|hpp)$/),
  ...filesBelow(path.join(root, 'node_modules/knex/lib'), /\.js$/),
  ...labelledSources(),
];

const KINDS = ['changed', 'inserted', 'removed'] as const;

/** A plain statement inside a function of a real file. */
interface Place extends Source {
  readonly before: readonly Chunk[];
  readonly chunk: Chunk;
  /** 0-based. */
  readonly line: number;
}

const places: Place[] = [];

beforeAll(async () => {
  for (const source of sources) {
    const before = await chunker.chunk(source.path, source.text);
    const lines = source.text.split('\n');
    // A function too long for one chunk has others that lie in it.
    const parents = new Set(before.flatMap(({ enclosing }) => enclosing));
    const whole = before.filter(({ symbols }) => !symbols.some((name) => parents.has(name)));
    for (const chunk of whole.filter(isPlainFunction)) {
      for (const line of statementLines(lines, chunk))
        places.push({ ...source, before, chunk, line });
    }
  }
});

describe('an edit inside one function of a real file', () => {
  it('has places to be tried at', () => {
    expect(places.length).toBeGreaterThan(100);
  });

  it.each(KINDS)('changes that function’s chunk and nothing else: a line %s', async (kind) => {
    const pick = fc.nat(places.length - 1).map((i) => places[i]!);
    await fc.assert(
      fc.asyncProperty(pick, async ({ path: name, text, before, chunk, line }) => {
        // A class that a removed line leaves short becomes one chunk.
        fc.pre(kind !== 'removed' || chunk.enclosing.length === 0);
        const after = await chunker.chunk(name, edited(text.split('\n'), line, kind).join('\n'));
        const known = new Set(before.map((each) => each.text));
        const fresh = after.filter((each) => !known.has(each.text));
        const endLine = chunk.endLine + { changed: 0, inserted: 1, removed: -1 }[kind];
        expect(fresh).toEqual([{ ...chunk, text: expect.any(String) as string, endLine }]);
        expect(after.length).toBe(before.length);
      }),
      { numRuns: 200 },
    );
  });
});

/** A chunk of one function that an edit of one line leaves neither small nor too long. */
function isPlainFunction({ kind, symbols, text }: Chunk): boolean {
  const lines = text.split('\n');
  const filled = lines.filter((line) => line.trim() !== '').length;
  return (
    (kind === 'function' || kind === 'method') &&
    symbols.length === 1 &&
    filled > 7 &&
    lines.length < 79 &&
    text.length < 3_000
  );
}

const STATEMENT = /^\s+[\w.]+(?:\([^(){}[\]"'`]*\)|\s*=\s*[\w.]+);?$/;

/** 0-based lines of plain statements between two lines of the same indentation. */
function statementLines(lines: readonly string[], { startLine, endLine }: Chunk): number[] {
  const indent = (i: number) => /^\s*/.exec(lines[i] ?? '')![0];
  const found: number[] = [];
  for (let i = startLine + 1; i < endLine - 2; i++) {
    const around = indent(i - 1) === indent(i) && indent(i + 1) === indent(i);
    const ends = /[;)\w]$/.test(lines[i - 1]!);
    if (around && ends && STATEMENT.test(lines[i]!)) found.push(i);
  }
  return found;
}

function edited(lines: readonly string[], at: number, kind: (typeof KINDS)[number]): string[] {
  switch (kind) {
    case 'changed':
      return lines.with(at, lines[at]!.replace(/[\w.]+/, 'somethingElse'));
    case 'inserted':
      return lines.toSpliced(at, 0, lines[at]!.replace(/[\w.]+/, 'oneMore'));
    case 'removed':
      return lines.toSpliced(at, 1);
  }
}

function filesBelow(folder: string, ending = /\.tsx?$/): Source[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name))
    .map((name) => ({ path: name, text: readFileSync(path.join(folder, name), 'utf8') }))
    .map(({ path: name, text }) => ({ path: name, text: text.replaceAll('\r\n', '\n') }));
}

function labelledSources(): Source[] {
  const folder = path.resolve(root, '../shared/bench/repositories');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      const text = readFileSync(path.join(folder, name, 'files.jsonl'), 'utf8');
      return text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Source);
    });
}
