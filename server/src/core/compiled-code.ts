import module from 'node:module';
import path from 'node:path';
import envPaths from 'env-paths';
import { ensurePrivateDirectory } from './cache/cache-directory.ts';

const SAVE_AFTER_MS = 5000;

/**
 * Keeps what V8 makes of the code loaded from here on for the next start, which then takes about
 * half the time. In a folder of this user's own: whoever may write there could plant code.
 */
export function keepCompiledCode(): void {
  try {
    const directory = path.join(envPaths('embeddingcache', { suffix: '' }).cache, 'compiled');
    ensurePrivateDirectory(directory);
    module.enableCompileCache(directory);
    // A command writes it at its end; a server is seldom left in peace to do so.
    setTimeout(() => {
      module.flushCompileCache();
    }, SAVE_AFTER_MS).unref();
  } catch {
    // Without it a start takes longer, no more.
  }
}
