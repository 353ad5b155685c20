import { describe, expect, it } from 'vitest';
import { chunkByLines } from '../../../server/src/core/chunks/line-chunker.ts';
import { createRetriever, type Retriever } from '../../../server/src/core/search/retriever.ts';
import type { SearchMode, SearchOptions } from '../../../server/src/core/search/search-hit.ts';
import { unit } from '../../../server/src/core/vectors/vector.ts';
import { hashedWords } from '../../support/hashed-words.ts';
import { MemoryIndex } from '../../support/memory-index.ts';

const { signal } = new AbortController();
const options = (more: Partial<SearchOptions> = {}): SearchOptions => ({
  limit: 10,
  mode: 'hybrid',
  signal,
  ...more,
});

function indexOf(folder: string, files: Readonly<Record<string, string>>): MemoryIndex {
  const index = new MemoryIndex(folder);
  for (const [path, text] of Object.entries(files)) {
    for (const chunk of chunkByLines(text)) {
      index.add(path, chunk, hashedWords(chunk.text) ?? unit(new Float32Array(64).fill(1)));
    }
  }
  return index;
}

function retrieverOver(...indexes: MemoryIndex[]): Retriever & { readonly asked: string[] } {
  const asked: string[] = [];
  const embed = async (text: string) => {
    asked.push(text);
    return hashedWords(text);
  };
  const retriever = createRetriever({
    reader: async (folder) => indexes.find((index) => index.folder === folder) ?? null,
    embedQuery: embed,
    embedDocument: embed,
    changedSince: async () => new Set(['src/mail.ts']),
  });
  return { ...retriever, asked };
}

const FILES = {
  'src/session.ts': 'export function openSession(user) {\n  return startSession(user);\n}\n',
  'src/mail.ts': 'export function sendMail(to, body) {\n  smtp.deliver(to, body);\n}\n',
  'src/legacy.py': 'def send_mail(to, body):\n    smtp.deliver(to, body)\n',
  'test/mail.test.ts': 'it("sends mail", () => {\n  sendMail("a", "mail body to send");\n});\n',
};

describe('searching', () => {
  it('gives each hit with its folder, lines, text and symbols, best first', async () => {
    const retriever = retrieverOver(indexOf('/w', FILES));
    const hits = await retriever.search(['/w'], 'open a session for the user', options());
    expect(hits[0]).toMatchObject({
      folder: '/w',
      path: 'src/session.ts',
      startLine: 1,
      endLine: 3,
      text: FILES['src/session.ts'].trimEnd(),
      symbols: ['openSession'],
    });
    const scores = hits.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });

  it('asks for no vector in text mode and for no words in semantic mode', async () => {
    const retriever = retrieverOver(indexOf('/w', FILES));
    const text = await retriever.search(['/w'], 'startSession', options({ mode: 'text' }));
    expect(text.map(({ path }) => path)).toEqual(['src/session.ts']);
    expect(retriever.asked).toEqual([]);
    const semantic = await retriever.search(['/w'], 'startSession', options({ mode: 'semantic' }));
    expect(semantic).toHaveLength(4);
    expect(retriever.asked).toEqual(['startSession']);
  });

  it('goes by words alone when the query has no vector', async () => {
    const retriever = createRetriever({
      reader: async () => indexOf('/w', FILES),
      embedQuery: async () => null,
      embedDocument: async () => null,
      changedSince: async () => new Set(),
    });
    const hits = await retriever.search(['/w'], 'startSession', options());
    expect(hits.map(({ path }) => path)).toEqual(['src/session.ts']);
    expect(await retriever.similar(['/w'], 'startSession', options())).toEqual([]);
  });

  it.each<[Partial<SearchOptions>, string[]]>([
    [{ path: 'src/**' }, ['src/legacy.py', 'src/mail.ts']],
    [{ path: '*.py' }, ['src/legacy.py']],
    [{ language: 'typescript' }, ['src/mail.ts', 'test/mail.test.ts']],
    [{ language: 'typescript', path: 'src' }, ['src/mail.ts']],
    [{ tests: true }, ['test/mail.test.ts']],
    [{ changedSince: 'main' }, ['src/mail.ts']],
  ])('keeps to what the filter %j lets in', async (filter, paths) => {
    const retriever = retrieverOver(indexOf('/w', FILES));
    const hits = await retriever.search(['/w'], 'sendMail', options({ mode: 'text', ...filter }));
    expect(hits.map(({ path }) => path).sort()).toEqual(paths);
  });

  it.each(['semantic', 'hybrid', 'text'] satisfies SearchMode[])(
    'keeps to the filter whatever a hit is found by (%s)',
    async (mode) => {
      const retriever = retrieverOver(indexOf('/w', FILES));
      const filter = { path: 'src/**', language: 'typescript' };
      const hits = await retriever.search(['/w'], '"sendMail" body', options({ mode, ...filter }));
      expect(hits.map(({ path }) => path)).toContain('src/mail.ts');
      expect(hits.every(({ path }) => /^src\/.*\.ts$/.test(path))).toBe(true);
    },
  );

  it('says for each hit what it was found by, what moved it, and its best lines', async () => {
    const retriever = retrieverOver(indexOf('/w', FILES));
    const [hit] = await retriever.search(
      ['/w'],
      'who calls smtp.deliver',
      options({ path: '*.ts' }),
    );
    expect(hit).toMatchObject({ path: 'src/mail.ts', best: { startLine: 2, endLine: 2 } });
    const { meaning, words, fused, exact, steps, relevance } = hit!.why;
    expect(meaning).toBeGreaterThan(0);
    expect(words).toBeGreaterThan(0);
    expect([exact, relevance]).toEqual([0, null]);
    // The steps lead from the fused score to that of the hit.
    expect(steps.length).toBeGreaterThan(0);
    const sum = steps.reduce((total, { change }) => total + change, fused);
    expect(sum).toBeCloseTo(hit!.score);
    const text = await retriever.search(['/w'], 'smtp.deliver', options({ mode: 'text' }));
    expect(text[0]!.why).toMatchObject({ meaning: null, exact: 1 });
  });

  it('merges folders, and passes over those without an index', async () => {
    const retriever = retrieverOver(
      indexOf('/a', { 'x.ts': 'function sendMail() {}\n' }),
      indexOf('/b', { 'y.ts': 'function sendMail() { smtp(); }\n' }),
    );
    const hits = await retriever.search(['/a', '/b', '/none', '/a'], 'sendMail', options());
    expect(hits.map(({ folder, path }) => `${folder}/${path}`).sort()).toEqual([
      '/a/x.ts',
      '/b/y.ts',
    ]);
  });

  it('shows a file once where one folder lies inside another', async () => {
    const text = 'function sendMail() {}\n';
    const retriever = retrieverOver(
      indexOf('/a', { 'b/x.ts': text }),
      indexOf('/a/b', { 'x.ts': text }),
    );
    expect(await retriever.search(['/a', '/a/b'], 'sendMail', options())).toHaveLength(1);
  });

  it('gives no more hits than asked for, and none for an empty query', async () => {
    const retriever = retrieverOver(indexOf('/w', FILES));
    expect(await retriever.search(['/w'], 'mail', options({ limit: 2 }))).toHaveLength(2);
    expect(await retriever.search(['/w'], 'mail', options({ limit: 0 }))).toEqual([]);
    expect(await retriever.search(['/w'], ' \n', options())).toEqual([]);
    expect(await retriever.search([], 'mail', options())).toEqual([]);
    expect(retriever.asked).toEqual(['mail']);
  });

  it('stops when told to', async () => {
    const retriever = retrieverOver(indexOf('/w', FILES));
    for (const mode of ['hybrid', 'semantic', 'text'] satisfies SearchMode[]) {
      const stopped = retriever.search(
        ['/w'],
        'mail',
        options({ mode, signal: AbortSignal.abort() }),
      );
      await expect(stopped).rejects.toThrow(/abort/i);
    }
  });
});

describe('finding similar code', () => {
  it('ranks by nearness alone', async () => {
    const retriever = retrieverOver(indexOf('/w', FILES));
    const hits = await retriever.similar(['/w'], FILES['src/mail.ts'], options());
    expect(hits.map(({ path }) => path).slice(0, 2)).toEqual(['src/mail.ts', 'src/legacy.py']);
    expect(hits[0]!.score).toBeCloseTo(1);
  });
});
