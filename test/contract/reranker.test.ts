import { describe, expect, it } from 'vitest';
import { RERANKERS } from '../../server/src/core/providers/rerank/reranker-table.ts';
import { RERANKERS_UNDER_TEST } from '../support/reranker-wires.ts';
import { describeReranker } from './reranker.ts';

describe('the reranker contract', () => {
  it('is kept by every reranker of the table', () => {
    const kinds = RERANKERS.map(({ kind }) => kind);
    expect(RERANKERS_UNDER_TEST.map(({ kind }) => kind)).toEqual(kinds);
  });
});

for (const reranker of RERANKERS_UNDER_TEST) describeReranker(reranker);
