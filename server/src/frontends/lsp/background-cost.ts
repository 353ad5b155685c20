import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Core } from '../../core/core.ts';
import { isFolderUri } from '../../core/folder-source.ts';

/** Code takes more of them; as the estimate for requests has it. */
const BYTES_PER_TOKEN = 3;

/**
 * Whether bringing these paths of a folder up to date, or the whole folder (null), may cost more
 * than this without a question. Nobody is there to ask when files change. Sends nothing.
 */
export async function isDear(
  core: Core,
  folder: string,
  paths: ReadonlySet<string> | null,
  limitUsd: number,
  signal: AbortSignal,
): Promise<boolean> {
  const { name, model } = core.provider;
  const usdPerMillionTokens = core.priceOf(name, model) ?? 0;
  if (usdPerMillionTokens === 0) return false;
  if (paths !== null && !isFolderUri(folder)) {
    const tokens = (await bytesOf(folder, paths)) / BYTES_PER_TOKEN;
    // Most saves are far below: nothing need be counted.
    if ((tokens * usdPerMillionTokens) / 1e6 <= limitUsd) return false;
  }
  const { provider } = await core.index(folder, { signal, dryRun: true });
  return provider.costUsd > limitUsd;
}

async function bytesOf(folder: string, paths: ReadonlySet<string>): Promise<number> {
  let sum = 0;
  for (const name of paths) {
    const facts = await stat(path.join(folder, name)).catch(() => null);
    sum += facts?.size ?? 0;
  }
  return sum;
}
