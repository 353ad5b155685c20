import { expect, it } from 'vitest';
import { fuse } from '../../../server/src/core/search/fusion.ts';

it('puts both lists on one scale and adds them by weight', () => {
  const byMeaning = [
    { key: 'a', score: 0.9 },
    { key: 'b', score: 0.5 },
    { key: 'c', score: 0.1 },
  ];
  const byWords = [
    { key: 'b', score: 30 },
    { key: 'd', score: 10 },
  ];
  const fused = fuse(byMeaning, byWords, 0.7, 0.1);
  expect(fused.get('a')).toBeCloseTo(0.7);
  expect(fused.get('b')).toBeCloseTo(0.7 * 0.5 + 0.3);
  expect(fused.get('c')).toBeCloseTo(0);
  expect(fused.get('d')).toBeCloseTo(0.3 / 3);
});

it('does not depend on how long the lists are', () => {
  const found = [
    { key: 'a', score: 0.9 },
    { key: 'b', score: 0.5 },
  ];
  const longer = [...found, { key: 'c', score: 0.2 }];
  expect(fuse(longer, [], 1, 0.1).get('b')).toBe(fuse(found, [], 1, 0.1).get('b'));
});

it('takes a lone candidate as the best of its list', () => {
  expect(fuse([{ key: 'a', score: -0.2 }], [], 0.7, 0).get('a')).toBeCloseTo(0.7);
});

it('has nothing to say about nothing', () => {
  expect(fuse([], [], 0.7, 0).size).toBe(0);
});
