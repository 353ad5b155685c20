import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Logger } from '../logger.ts';
import { listPrice, priceWith, type PriceOf } from './prices.ts';

const priceFileSchema = z.record(z.string(), z.record(z.string(), z.number().nonnegative()));

/**
 * Prices as the user pays them: `prices.json` in the cache directory, which no repository can write,
 * as `{"openai": {"text-embedding-3-small": 0.01}}` in US dollars per million tokens; `*` stands for
 * every other model of a provider. A file that is none is named, and list prices count.
 */
export async function readPrices(cacheDir: string, logger: Logger): Promise<PriceOf> {
  const file = path.join(cacheDir, 'prices.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    // Mostly there is none.
    return listPrice;
  }
  const parsed = priceFileSchema.safeParse(jsonOrNull(text));
  if (parsed.success) return priceWith(parsed.data);
  logger.warn(`${file} is not as {"openai": {"MODEL": 0.01}}; published prices are used instead`);
  return listPrice;
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
