import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Chunk } from '../../../server/src/core/chunks/chunk.ts';
import { chunkByLines } from '../../../server/src/core/chunks/line-chunker.ts';
import { CHUNK_SIZES } from '../../../server/src/core/chunks/line-cut.ts';

const chunk = (text: string): Chunk[] => chunkByLines(text);
const textsOf = (text: string): string[] => chunk(text).map((each) => each.text);

describe('cutting a file', () => {
  it('makes a chunk of each block with the comment and decorators above it', () => {
    const body = Array.from({ length: 8 }, (_, i) => `  step(${i});`).join('\n');
    const first = `/** Adds. */\n@memo\nfunction add(a, b) {\n${body}\n}`;
    const second = `// Takes away,\n// slowly.\nfunction take(a) {\n${body}\n}`;
    const third = `/**\n * Parted from its function by a blank line.\n */\n\nexports.mix = function mix() {\n${body}\n};`;
    expect(textsOf(`${first}\n\n${second}\n${third}\n`)).toEqual([first, second, third]);
  });

  it('cuts Python at functions and classes without needing closing lines', () => {
    const body = Array.from({ length: 8 }, (_, i) => `    step(${i})`).join('\n');
    const first = `@app.route("/")\ndef index():\n${body}`;
    const second = `class Store:\n    """Keeps."""\n${body}`;
    expect(textsOf(`${first}\n\n\n${second}\n`)).toEqual([first, second]);
  });

  it('keeps if and else, try and catch together', () => {
    const body = '  a();\n'.repeat(8);
    const text = `if (x) {\n${body}}\nelse {\n${body}}`;
    expect(textsOf(text)).toEqual([text]);
  });

  it('cuts a class too long for one chunk at its methods', () => {
    const methods = Array.from(
      { length: 12 },
      (_, m) => `  method${m}() {\n${'    work();\n'.repeat(10)}  }`,
    );
    const chunks = chunk(`class Big {\n${methods.join('\n\n')}\n}\n`);
    expect(chunks.map(({ symbols }) => symbols.join())).toEqual([
      'Big,method0',
      ...methods.slice(1).map((_, m) => `method${m + 1}`),
    ]);
  });

  it('puts one-line declarations together', () => {
    const lines = Array.from({ length: 12 }, (_, i) => `export const C${i} = ${i};`);
    expect(chunk(lines.join('\n')).length).toBe(1);
    expect(chunk(lines.join('\n\n')).length).toBeLessThan(8);
  });

  it('gives no chunks for empty and blank files', () => {
    expect(chunk('')).toEqual([]);
    expect(chunk('\n \n\t\n')).toEqual([]);
  });

  it('bounds chunks of a file that is one long line, and loses none of it', () => {
    const line = 'let a = 1; '.repeat(180_000);
    const started = performance.now();
    const chunks = chunk(line);
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(chunks.map(({ text }) => text).join('')).toBe(line);
    for (const { text, startLine, endLine } of chunks) {
      expect(text.length).toBeLessThanOrEqual(CHUNK_SIZES.maxCharacters);
      expect([startLine, endLine]).toEqual([1, 1]);
    }
  });

  it('never cuts a character in two', () => {
    for (const { text } of chunk('😀'.repeat(9_999))) expect(text.isWellFormed()).toBe(true);
  });

  it('takes time in proportion to the lines, nested or flat', () => {
    const flat = 'x = 1\n'.repeat(100_000);
    const nested = Array.from({ length: 3_000 }, (_, i) => `${' '.repeat(i)}{`).join('\n');
    for (const text of [flat, nested]) {
      const started = performance.now();
      chunk(text);
      expect(performance.now() - started).toBeLessThan(3_000);
    }
  });
});

const indentation = fc.constantFrom('', '  ', '    ', '\t', '\t\t');
const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(indentation, fc.stringMatching(/^[a-z(){};:#/*@ ]{0,40}$/))
      .map(([a, b]) => a + b),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', '}', '// note', '/**', ' */', 'end', 'function f() {'),
  },
);

describe('for any text', () => {
  it('covers every line that has words once, in order, with the right numbers', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 300 }), (lines) => {
        const covered = new Set<number>();
        let last = 0;
        for (const { text, startLine, endLine } of chunk(lines.join('\n'))) {
          expect(startLine).toBeGreaterThan(last);
          expect(text).toBe(lines.slice(startLine - 1, endLine).join('\n'));
          expect(endLine - startLine + 1).toBeLessThanOrEqual(CHUNK_SIZES.maxLines);
          expect(text.length).toBeLessThanOrEqual(CHUNK_SIZES.maxCharacters);
          for (let n = startLine; n <= endLine; n++) covered.add(n);
          last = endLine;
        }
        for (const [i, each] of lines.entries()) {
          if (/[a-z]/.test(each) && each !== 'end') expect(covered).toContain(i + 1);
        }
      }),
    );
  });
});

/** A function of `size` body lines, in one of several languages' shapes. */
function functionText(shape: Shape, name: string, size: number): string {
  const lines = Array.from({ length: size }, (_, i) => `    ${name}_step(${i})`).join('\n');
  switch (shape) {
    case 'braces':
      return `/** Does ${name}. */\nfunction ${name}(a, b) {\n${lines}\n}`;
    case 'indented':
      return `@task\ndef ${name}(a, b):\n${lines}`;
    case 'end':
      return `# Does ${name}.\ndef ${name}\n${lines}\nend`;
  }
}

type Shape = 'braces' | 'indented' | 'end';

describe('after an edit', () => {
  const file = fc.record({
    shape: fc.constantFrom<Shape>('braces', 'indented', 'end'),
    // Functions of 6 to 8 lines in all are left out: they may begin or cease to be small.
    sizes: fc.array(fc.oneof(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 7, max: 70 })), {
      minLength: 2,
      maxLength: 25,
    }),
    pick: fc.nat(),
    at: fc.nat(),
  });

  it.each(['replaced', 'added', 'removed'] as const)(
    'changes one chunk only, or the parts of one long function, when a line is %s',
    (kind) => {
      fc.assert(
        fc.property(file, ({ shape, sizes, pick, at }) => {
          const texts = sizes.map((size, i) => functionText(shape, `f${i}`, size));
          const target = pick % texts.length;
          const edited = editLine(texts[target]!, kind, at);
          const before = textsOf(texts.join('\n\n'));
          const after = textsOf(texts.with(target, edited).join('\n\n'));
          const known = new Set(before);
          const fresh = after.filter((text) => !known.has(text));
          // Only the function that was edited is in what is new: other functions' chunks are as
          // they were, unless a small one shares its chunk.
          const mark = new RegExp(`\\bf${target}(?:_|\\b)`);
          for (const text of fresh) expect(text).toMatch(mark);
          if (sizes[target]! <= 60) expect(fresh.length).toBeLessThanOrEqual(1);
        }),
        { numRuns: 300 },
      );
    },
  );

  it('parts a function that is no longer small from its small neighbours, and no others', () => {
    const texts = [9, 2, 2, 9, 2, 3, 2, 9, 2, 9].map((size, i) =>
      functionText('braces', `f${i}`, size),
    );
    const grown = texts.with(5, functionText('braces', 'f5', 9));
    const before = new Set(textsOf(texts.join('\n\n')));
    for (const text of textsOf(grown.join('\n\n')).filter((each) => !before.has(each))) {
      expect(text).toMatch(/\bf[456](?:_|\b)/);
    }
  });

  it('leaves the rest of a real file alone', () => {
    const text = readFileSync(
      new URL('../../../server/src/core/search/retriever.ts', import.meta.url),
      'utf8',
    );
    const before = new Set(textsOf(text));
    const lines = text.split('\n');
    for (const [i, each] of lines.entries()) {
      if (!/^\s+\S.*;$/.test(each)) continue;
      const after = textsOf(lines.with(i, `${each} // edited`).join('\n'));
      expect(after.filter((part) => !before.has(part))).toHaveLength(1);
    }
  });
});

/** Edits a body line (not the first two or the last of the function). */
function editLine(text: string, kind: 'replaced' | 'added' | 'removed', at: number): string {
  const lines = text.split('\n');
  const body = [...lines.keys()].filter((i) => lines[i]!.startsWith('    '));
  const i = body[at % body.length]!;
  switch (kind) {
    case 'replaced':
      return lines.with(i, `${lines[i]!} + changed`).join('\n');
    case 'added':
      return lines.toSpliced(i, 0, '    one_more()').join('\n');
    case 'removed':
      return lines.toSpliced(i, 1).join('\n');
  }
}
