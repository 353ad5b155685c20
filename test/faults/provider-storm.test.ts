import { expect, it } from 'vitest';
import { runStorm } from '../support/storm.ts';
import { tempDirectory } from '../support/temp-directory.ts';

it('ends a storm with every text embedded, none paid for twice, and few requests more than needed', async () => {
  const seed = Date.now() % 1e9;
  const options = {
    kind: 'cohere',
    model: 'embed-english-v3.0',
    texts: 3_000,
    seed,
    directory: tempDirectory(),
  };
  const result = await runStorm(options);
  const { embedded, listed, wrong, split, paidTwice, requests, minimum } = result;
  // With the seed, so that a failure can be had again.
  expect({ seed, embedded, listed, wrong, split, paidTwice }).toEqual({
    seed,
    embedded: 3_000,
    listed: 0,
    wrong: 0,
    split: 30,
    paidTwice: 0,
  });
  // A small storm may have bad luck: the benchmark holds the bar of 1.2 over 10,000 texts.
  expect(requests / minimum, `seed ${seed}`).toBeLessThan(1.6);
});
