import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Failure } from '../../errors.ts';
import { KIND } from './local-model.ts';

export const PACKAGE = '@huggingface/transformers';
/** What is installed, and was tried with this product. */
export const RUNTIME_VERSION = '4.3.1';

/** For people to decide by: what npm downloads, and what stays on disk. */
export const RUNTIME_SIZE = { downloadMb: 150, diskMb: 250 } as const;

/** Where the product installs it: a folder of its own beside the cache, of this version alone. */
export function runtimeFolder(cacheDir: string): string {
  return path.join(cacheDir, 'transformers', RUNTIME_VERSION);
}

/**
 * Absolute path of the package: beside our own (a program that has it among its packages), else where
 * the product installed it. Null where it is in neither place. A workspace is never looked into.
 */
export function findRuntime(cacheDir: string, ourScript: string): string | null {
  return packageSeenFrom(ourScript) ?? packageSeenFrom(path.join(runtimeFolder(cacheDir), 'x.js'));
}

/** As `findRuntime`. Throws Failure `notInstalled`. */
export function runtimeOf(cacheDir: string, ourScript: string): string {
  const found = findRuntime(cacheDir, ourScript);
  if (found !== null) return found;
  throw new Failure(
    'notInstalled',
    `Local models need the package ${PACKAGE}, which is not installed.`,
    {
      provider: KIND,
    },
  );
}

function packageSeenFrom(script: string): string | null {
  for (const folder of createRequire(script).resolve.paths(PACKAGE) ?? []) {
    const place = path.join(folder, PACKAGE);
    if (versionIn(place)?.split('.')[0] === RUNTIME_VERSION.split('.')[0]) return place;
  }
  return null;
}

/** Null where there is no such package. */
function versionIn(folder: string): string | null {
  try {
    const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
      version?: unknown;
    };
    return typeof version === 'string' ? version : null;
  } catch {
    // Not there, or not whole: the next place is looked at.
    return null;
  }
}
