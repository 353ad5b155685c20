import { watch } from 'node:fs';

/**
 * The code with which the system refuses a further file watch; null where it gives one. An editor's
 * watches count against the same limits of the user, and what is refused to us is refused to it.
 */
export function whyNoWatch(folder: string): string | null {
  try {
    // The folder may go before the watch does.
    watch(folder, { persistent: false })
      .on('error', () => undefined)
      .close();
    return null;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    // Anything else, such as a folder that is gone, is about the folder.
    return code === 'ENOSPC' || code === 'EMFILE' ? code : null;
  }
}
