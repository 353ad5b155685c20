import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROVIDERS } from '../../../server/src/core/providers/provider-table.ts';
import { readPrices } from '../../../server/src/core/usage/price-file.ts';
import {
  costUsd,
  LIST_PRICES,
  listPrice,
  PRICES_READ_ON,
} from '../../../server/src/core/usage/prices.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const warnings: string[] = [];
const logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message: string) => void warnings.push(message),
  error: () => undefined,
};

describe('prices', () => {
  it('are published for every model that is offered by name', () => {
    for (const { kind, remote } of PROVIDERS) {
      for (const model of remote?.models ?? []) {
        expect([kind, model, listPrice(kind, model)]).toEqual([kind, model, expect.any(Number)]);
      }
    }
    expect(listPrice('embedded', 'anything')).toBe(0);
  });

  it('name known providers only, and the day they were read', () => {
    const kinds = new Set(PROVIDERS.map(({ kind }) => kind)).add('transformers');
    expect(Object.keys(LIST_PRICES).filter((kind) => !kinds.has(kind))).toEqual([]);
    expect(PRICES_READ_ON).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  it.each([
    ['openaiCompatible', 'text-embedding-3-small'],
    ['openai', 'a-model-of-tomorrow'],
    ['openai', 'constructor'],
    ['__proto__', 'toString'],
    ['own:mine', 'v1'],
  ])('are unknown, and cost nothing, for %s %s', (provider, model) => {
    expect(listPrice(provider, model)).toBeNull();
    expect(costUsd(listPrice, provider, model, 1e6)).toBe(0);
  });

  it('are the user’s own where prices.json in the cache directory says so', async () => {
    const directory = tempDirectory();
    const own = { openai: { 'text-embedding-3-small': 0.01 }, openaiCompatible: { '*': 0.5 } };
    writeFileSync(path.join(directory, 'prices.json'), JSON.stringify(own));
    const priceOf = await readPrices(directory, logger);
    expect(priceOf('openai', 'text-embedding-3-small')).toBe(0.01);
    expect(priceOf('openai', 'text-embedding-3-large')).toBe(0.13);
    expect(priceOf('openaiCompatible', 'whatever')).toBe(0.5);
    expect(costUsd(priceOf, 'openaiCompatible', 'whatever', 4e6)).toBe(2);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['no JSON', '{ "openai": '],
    ['a price below zero', '{"openai": {"text-embedding-3-small": -1}}'],
    ['a price in words', '{"openai": {"text-embedding-3-small": "free"}}'],
    ['a list', '[]'],
  ])('are the published ones where that file holds %s, and the user is told', async (_, text) => {
    const directory = tempDirectory();
    writeFileSync(path.join(directory, 'prices.json'), text);
    warnings.length = 0;
    expect((await readPrices(directory, logger))('openai', 'text-embedding-3-small')).toBe(0.02);
    expect(warnings).toEqual([expect.stringContaining('prices.json')]);
  });

  it('are the published ones where there is no such file, without a word', async () => {
    warnings.length = 0;
    expect(await readPrices(tempDirectory(), logger)).toBe(listPrice);
    expect(warnings).toEqual([]);
  });
});
