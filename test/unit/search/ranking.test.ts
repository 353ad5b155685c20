import { describe, expect, it } from 'vitest';
import { textHashOf } from '../../../server/src/core/keys/text-hash.ts';
import type { Candidate } from '../../../server/src/core/search/candidate.ts';
import { termsOf } from '../../../server/src/core/search/query-terms.ts';
import { definitionSite } from '../../../server/src/core/search/ranking/definition-site.ts';
import { namedFile } from '../../../server/src/core/search/ranking/named-file.ts';
import { otherPlatform } from '../../../server/src/core/search/ranking/other-platform.ts';
import { rank } from '../../../server/src/core/search/ranking/rank.ts';
import { severalHits } from '../../../server/src/core/search/ranking/several-hits.ts';
import { sideFiles } from '../../../server/src/core/search/ranking/side-files.ts';
import type { Signal } from '../../../server/src/core/search/ranking/signal.ts';
import { spreadFiles } from '../../../server/src/core/search/ranking/spread-files.ts';
import { symbolWords } from '../../../server/src/core/search/ranking/symbol-words.ts';
import { wordsInFile } from '../../../server/src/core/search/ranking/words-in-file.ts';
import { MemoryIndex } from '../../support/memory-index.ts';

const reader = new MemoryIndex('/w');

function candidate(
  path: string,
  score: number,
  symbols: string[] = [],
  startLine = 1,
  holds: string[] = [],
): Candidate {
  const place = { id: 0, path, startLine, endLine: startLine, hash: textHashOf(path) };
  const chunk = { ...place, kind: 'code' as const, symbols, enclosing: [] };
  const evidence = { meaning: null, words: null, fused: score, exact: 0 };
  return { reader, chunk, evidence, holds: new Set(holds), score, steps: [] };
}

function order(signal: Signal, query: string, candidates: Candidate[]): string[] {
  return rank(candidates, termsOf(query), [signal]).map(
    ({ chunk }) => `${chunk.path}:${chunk.startLine}`,
  );
}

describe('what the query is made of', () => {
  it('leaves out words that every question has, unless there are no others', () => {
    expect(termsOf('How is the retry delay used?').words).toEqual(['retry', 'delay']);
    expect(termsOf('what is this').words).not.toEqual([]);
  });

  it('keeps names as they are spelt', () => {
    expect(termsOf('where is HTTPAdapter.send').names).toContain('HTTPAdapter');
  });
});

describe('ranking signals', () => {
  it('put the place that defines a named thing before one that uses it', () => {
    const uses = candidate('uses.ts', 0.5);
    const defines = candidate('defines.ts', 0.45, ['HTTPAdapter']);
    expect(order(definitionSite, 'HTTPAdapter pooling', [uses, defines])[0]).toBe('defines.ts:1');
    expect(order(definitionSite, 'http pooling', [uses, defines])[0]).toBe('uses.ts:1');
    const short = candidate('short.ts', 0.45, ['get']);
    expect(order(definitionSite, 'get the pool', [uses, short])[0]).toBe('uses.ts:1');
  });

  it('see names that share words with the query', () => {
    const other = candidate('other.ts', 0.5, ['closeFile']);
    const near = candidate('near.ts', 0.45, ['retryDelay']);
    expect(order(symbolWords, 'delays between retries', [other, near])[0]).toBe('near.ts:1');
  });

  it('put the file that holds all the words, in whatever places, before one that holds some', () => {
    const query = 'retry delay jitter';
    const some = [
      candidate('some.ts', 0.5, [], 1, ['retry', 'delay']),
      candidate('some.ts', 0.4, [], 9, ['delay']),
    ];
    const all = [
      candidate('all.ts', 0.45, [], 1, ['retry']),
      candidate('all.ts', 0.3, [], 9, ['delay', 'jitter']),
    ];
    expect(order(wordsInFile, query, [...some, ...all])[0]).toBe('all.ts:1');
  });

  it('put code for the platform in use before the same for another one', () => {
    const files = [candidate('src/win/pipe.c', 0.5), candidate('src/unix/pipe.c', 0.45)];
    expect(order(otherPlatform('linux'), 'pipes', files)[0]).toBe('src/unix/pipe.c:1');
    expect(order(otherPlatform('win32'), 'pipes', files)[0]).toBe('src/win/pipe.c:1');
    expect(order(otherPlatform('linux'), 'pipes on windows', files)[0]).toBe('src/win/pipe.c:1');
    const named = [candidate('src/window/pipe.ts', 0.5), candidate('src/pipe.ts', 0.45)];
    expect(order(otherPlatform('linux'), 'pipes', named)[0]).toBe('src/window/pipe.ts:1');
  });

  it('put a file that the query names first', () => {
    const files = [candidate('src/app.ts', 0.5), candidate('src/router.go', 0.3)];
    expect(order(namedFile, 'what does router.go do', files)[0]).toBe('src/router.go:1');
    expect(order(namedFile, 'what does the router do.', files)[0]).toBe('src/app.ts:1');
  });

  it.each([
    'test/a.ts',
    'src/a.test.ts',
    'pkg/a_test.go',
    'docs/a.ts',
    'README.md',
    'vendor/x/a.go',
  ])('put %s after the code it is about, unless it is asked for', (path) => {
    const files = [candidate(path, 0.5), candidate('src/a.ts', 0.4)];
    expect(order(sideFiles, 'parse a date', files)[0]).toBe('src/a.ts:1');
    const asking = 'tests, docs and vendored code that parse a date';
    expect(order(sideFiles, asking, files)[0]).toBe(`${path}:1`);
  });

  it.each([
    'src/latest.ts',
    'src/contest/a.ts',
    'src/greatest_test_runner/a.ts',
    'src/Request.java',
  ])('do not take %s for a test', (path) => {
    expect(rank([candidate(path, 0.5)], termsOf('x'), [sideFiles])[0]!.score).toBe(0.5);
  });

  it('put a file with several good chunks before one with a single good one', () => {
    const lone = candidate('lone.ts', 0.5);
    const many = [1, 2, 3].map((line) => candidate('many.ts', 0.45, [], line));
    expect(order(severalHits, 'x', [lone, ...many])[0]).toBe('many.ts:1');
  });

  it('let other files in between hits of one', () => {
    const first = [1, 2, 3].map((line) => candidate('a.ts', 0.5 - line / 1_000, [], line));
    expect(order(spreadFiles, 'x', [...first, candidate('b.ts', 0.48)])).toEqual([
      'a.ts:1',
      'b.ts:1',
      'a.ts:2',
      'a.ts:3',
    ]);
  });

  it('leave equal scores in the order of path and line', () => {
    const equal = [candidate('b.ts', 0.5), candidate('a.ts', 0.5, [], 9), candidate('a.ts', 0.5)];
    expect(
      rank(equal, termsOf('x'), []).map(({ chunk }) => `${chunk.path}:${chunk.startLine}`),
    ).toEqual(['a.ts:1', 'a.ts:9', 'b.ts:1']);
  });
});
