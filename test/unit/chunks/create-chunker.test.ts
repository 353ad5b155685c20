import { describe, expect, it } from 'vitest';
import { createChunker } from '../../../server/src/core/chunks/create-chunker.ts';
import { CHUNK_SIZES } from '../../../server/src/core/chunks/line-cut.ts';
import { GRAMMARS_FOLDER } from '../../support/put-grammars.ts';

const chunker = createChunker(GRAMMARS_FOLDER);
const long = (line: string): string => Array.from({ length: 8 }, () => line).join('\n');

/** `first-last kind symbols < enclosing`. */
async function outlineOf(path: string, text: string): Promise<string[]> {
  const chunks = await chunker.chunk(path, text);
  return chunks.map(({ startLine, endLine, kind, symbols, enclosing }) =>
    [
      `${startLine}-${endLine}`,
      kind,
      ...symbols,
      ...(enclosing.length ? ['<', ...enclosing] : []),
    ].join(' '),
  );
}

describe('cutting by structure', () => {
  it('cuts Markdown at its headings, but not at those in fenced code', async () => {
    const text = `Guide\n=====\n\n${long('Intro.')}\n\n## Set up it\n\n${long('Do.')}\n\n\`\`\`sh\n# no heading\n\n${long('run')}\n\`\`\`\n\n## Use\n\n${long('Use.')}\n`;
    expect(await outlineOf('a.md', text)).toEqual([
      '1-11 section guide',
      '13-35 section set-up-it < guide',
      '37-46 section use < guide',
    ]);
  });

  it('keeps paragraphs of prose whole', async () => {
    const text = `${long('One.')}\n\n${long('Two.')}\n\nThree.\n\nFour.\n`;
    expect(await outlineOf('a.txt', text)).toEqual(['1-8 text', '10-17 text', '19-21 text']);
  });

  it('cuts a notebook at its cells, with the lines of the file, and leaves out what they printed', async () => {
    const code = ['import a\n', 'def f():\n', '    return "\\n"'];
    const cells = [
      { cell_type: 'markdown', source: ['# Title\n', '\n', 'Words'] },
      { cell_type: 'code', outputs: [{ data: { 'image/png': 'AAAA' } }], source: code },
      { cell_type: 'code', source: 'one\ntwo' },
    ];
    const text = JSON.stringify({ cells, metadata: {} }, null, 1);
    const lines = text.split('\n');
    const chunks = await chunker.chunk('a.ipynb', text);
    expect(chunks.map(({ text: body }) => body)).toEqual([
      '# Title\n\nWords',
      code.join(''),
      'one\ntwo',
    ]);
    for (const { startLine, endLine, text: body } of chunks) {
      const quoted = JSON.stringify(body.split('\n')[0]).slice(1, -1);
      expect(lines[startLine - 1]).toContain(quoted);
      expect(lines[endLine - 1]).toContain(body.split('\n').at(-1)!.replaceAll(/["\\]/g, '\\$&'));
    }
  });

  it('cuts by lines what says it is a notebook and is none', async () => {
    expect(await outlineOf('a.ipynb', 'not json\n')).toEqual(['1-1 code']);
  });

  it('cuts JSON at the members of its object, comments and all', async () => {
    const list = (name: string) => `  "${name}": [\n${long('    1,')}\n    2\n  ]`;
    const text = `{\n  // why, "not": {\n${list('first one')},\n${list('second')}\n}\n`;
    expect(await outlineOf('a.json', text)).toEqual(['1-13 entry first-one', '14-25 entry second']);
  });

  it('cuts YAML at its top keys and TOML at its tables, with the comments above', async () => {
    const yaml = `# Builds.\nbuild:\n${long('  - a')}\n"test all":\n${long('  x: y')}\n`;
    expect(await outlineOf('a.yml', yaml)).toEqual(['1-10 entry build', '11-19 entry test-all']);
    const toml = `name = "a"\n${long('b = 1')}\n\n# Why.\n[tool.x]\n${long('b = [1]')}\n`;
    expect(await outlineOf('a.toml', toml)).toEqual(['1-9 entry', '11-20 entry tool.x']);
  });
});

describe('whatever the text', () => {
  const paths = ['a.ts', 'a.py', 'a.md', 'a.json', 'a.yml', 'a.toml', 'a.txt', 'a.ipynb', 'a.xyz'];

  it.each(paths)('a line of 2 MB gives bounded chunks in bounded time: %s', async (path) => {
    const started = performance.now();
    const chunks = await chunker.chunk(path, 'let a = [1, {"b": 2}]; '.repeat(90_000));
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(chunks.length).toBeGreaterThan(500);
    for (const { text } of chunks) {
      expect(text.length).toBeLessThanOrEqual(CHUNK_SIZES.maxCharacters);
    }
  });

  it.each(paths)('deep nesting does no harm: %s', async (path) => {
    const depth = 20_000;
    const text = `${'{"a":\n['.repeat(depth)}${']\n}'.repeat(depth)}\n`;
    const chunks = await chunker.chunk(path, text);
    for (const chunk of chunks) expect(chunk.endLine).toBeLessThanOrEqual(2 * depth + 1);
  });

  it.each(paths)('an empty or blank file has no chunks: %s', async (path) => {
    expect(await chunker.chunk(path, '')).toEqual([]);
    expect(await chunker.chunk(path, ' \n\n\t\n')).toEqual([]);
  });

  it('a syntax error stays where it is', async () => {
    const one = `function one() {\n${long('  a();')}\n}`;
    const three = `function three() {\n${long('  c();')}\n}`;
    for (const broken of ['function two( {\n  b(;\n}', 'let = = 4;', 'if (']) {
      const chunks = await chunker.chunk('a.js', `${one}\n\n${broken}\n\n${three}\n`);
      expect(chunks[0]).toMatchObject({ text: one, symbols: ['one'] });
      expect(chunks.flatMap(({ symbols }) => symbols)).toContain('three');
    }
  });
});
