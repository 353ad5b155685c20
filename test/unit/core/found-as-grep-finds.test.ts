import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SearchHit } from '../../../server/src/core/search/search-hit.ts';
import { CoreWorld } from '../../support/core-world.ts';
import { writeTree } from '../../support/folder-tree.ts';

const { signal } = new AbortController();
const ROOT = path.resolve(import.meta.dirname, '../../..');
/** This project's own source: real files that are there wherever the test runs. */
const FILES = [
  'server/src/core/core.ts',
  'server/src/core/cache/shard.ts',
  'server/src/core/embed/embedder.ts',
  'server/src/core/index/workspace-index.ts',
  'server/src/core/index/indexer.ts',
  'server/src/core/providers/embedded.ts',
  'server/src/core/providers/static-model.ts',
  'server/src/frontends/cli/commands.ts',
  'server/src/frontends/lsp/handlers.ts',
  'tools/setup.mjs',
  'README.md',
];
const OWN = new Map([
  [
    'src/number.cpp',
    `struct Number {
  int value;
};

Number operator+(const Number &a, const Number &b) {
  return Number{a.value + b.value};
}

Number operator-(const Number &a, const Number &b) {
  return Number{a.value - b.value};
}

auto operator<=>(const Number &a, const Number &b) {
  return a.value - b.value;
}
`,
  ],
  ['src/page.js', "$('#menu').hide();\n_.each(list, (item) => $(item).show());\n"],
]);
const read = FILES.map((file) => [file, readFileSync(path.join(ROOT, file), 'utf8')] as const);
const texts = new Map([...read, ...OWN]);

const directory = mkdtempSync(path.join(tmpdir(), 'embeddingcache-'));
let search: (query: string, limit?: number) => Promise<SearchHit[]>;

beforeAll(async () => {
  const folder = path.join(directory, 'repository');
  writeTree(folder, Object.fromEntries(texts));
  const world = new CoreWorld({ cacheDir: path.join(directory, 'cache') });
  await world.index(folder);
  search = (query, limit = 200) =>
    world.use((core) => core.search([folder], query, { limit, mode: 'hybrid', signal }));
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** `path:line` of each line that holds the text. */
function grep(literal: string): string[] {
  return [...texts].flatMap(([file, text]) =>
    text.split('\n').flatMap((line, i) => (line.includes(literal) ? [`${file}:${i + 1}`] : [])),
  );
}

describe('what grep finds', () => {
  it.each([
    // Identifiers of several forms, a call, punctuation, messages.
    ['embedMany', 'embedMany'],
    ['MODEL_SHA256', 'MODEL_SHA256'],
    ['fieldWeights', 'fieldWeights'],
    ['signal.throwIfAborted()', 'signal.throwIfAborted()'],
    ['readonly signal: AbortSignal', 'readonly signal: AbortSignal'],
    [
      'The built-in model’s file is damaged: install Embedding Cache again.',
      'The built-in model’s file is damaged: install Embedding Cache again.',
    ],
    ['"async "', 'async '],
    ['who calls `close()` and when', 'close()'],
    // Signs alone, and names that hold some.
    ['<=>', '<=>'],
    ['$', '$'],
    ['_', '_'],
    ['operator+', 'operator+'],
    ['operator<=>', 'operator<=>'],
    ['"??="', '??='],
  ])('by %s stands before all else', async (query, literal) => {
    const places = grep(literal);
    expect(places.length).toBeGreaterThan(0);
    const hits = await search(query);
    for (const place of places) {
      const colon = place.lastIndexOf(':');
      const [file, line] = [place.slice(0, colon), Number(place.slice(colon + 1))];
      const found = hits.some(
        (hit) => hit.path === file && hit.startLine <= line && line <= hit.endLine,
      );
      expect(found, place).toBe(true);
    }
    const holding = hits.filter(({ text }) => text.includes(literal));
    expect(hits.slice(0, holding.length)).toEqual(holding);
  });

  it('by two quotations stands first where both are', async () => {
    const hits = await search('"readonly" and "AbortSignal"');
    const both = hits.filter(({ text }) => /readonly/.test(text) && /AbortSignal/.test(text));
    expect(both.length).toBeGreaterThan(0);
    expect(hits.slice(0, both.length)).toEqual(both);
  });

  it('in another case, or with other signs between, is no exact match', async () => {
    const [hit] = await search('"EMBEDMANY"');
    expect(hit?.why.exact ?? 0).toBe(0);
    expect((await search('signal,throwIfAborted[]')).every(({ why }) => why.exact === 0)).toBe(
      true,
    );
  });

  it('is not asked of a plain word, which a question may be made of', async () => {
    expect((await search('provider')).every(({ why }) => why.exact === 0)).toBe(true);
  });
});
