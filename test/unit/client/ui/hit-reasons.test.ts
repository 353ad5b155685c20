import { expect, it } from 'vitest';
import { reasonRows } from '../../../../client/src/ui/hit-reasons.ts';
import { signalsFor } from '../../../../server/src/core/search/ranking/rank.ts';
import { english } from '../english.ts';

it('says what a hit was found by, and what each signal did', () => {
  const why = {
    meaning: 0.91,
    words: null,
    fused: 0.7,
    exact: 0.5,
    steps: [{ signal: 'side files', change: -0.21 }],
    relevance: 0.4,
  };
  expect(
    reasonRows(why, english).map(({ label, description }) => `${label}: ${description}`),
  ).toEqual([
    'Meaning: 0.910',
    'Words: not among the best',
    'Both together: 0.700',
    'Holds the exact text: 50%',
    'Relevance by the reranker: 0.400',
    'A test, a document or copied code: −0.210',
  ]);
});

it('has plain words for every signal there is', () => {
  const names = [...signalsFor('linux').map(({ name }) => name), 'reranker'];
  const steps = names.map((signal) => ({ signal, change: 1 }));
  const why = { meaning: 1, words: 1, fused: 1, exact: 0, steps, relevance: null };
  const rows = reasonRows(why, english).slice(3);
  expect(rows.map(({ label }) => label).filter((label) => /^[a-z]/.test(label))).toEqual([]);
});
