import { constants } from 'node:fs';
import { type FileHandle, lstat, open, realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';

export type CappedRead =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly realPath: string }
  | { readonly kind: 'tooLarge' | 'unreadable' | 'missing' };

// O_NONBLOCK: a FIFO put in the file's place must not hang the open.
const READ_FLAGS =
  process.platform === 'win32'
    ? constants.O_RDONLY
    : constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Reads a regular file of at most `maxBytes` that really lies inside `realRoot`, whatever is
 * swapped for a link meanwhile. `realPath` in the answer is relative to the root.
 * Throws what the system throws when it is out of file descriptors.
 */
export async function readCapped(
  realRoot: string,
  absolutePath: string,
  maxBytes: number,
): Promise<CappedRead> {
  let file: FileHandle | null = null;
  try {
    if (!(await lstat(absolutePath)).isFile()) return { kind: 'unreadable' };
    file = await open(absolutePath, READ_FLAGS);
    const opened = await file.stat();
    if (!opened.isFile()) return { kind: 'unreadable' };
    if (opened.size > maxBytes) return { kind: 'tooLarge' };
    // The name is resolved after the open and must lead to the very file that was opened: a folder
    // on the way that was swapped for a link gives another file or a path outside.
    const real = await realpath(absolutePath);
    const named = await stat(real);
    const inside = relative(realRoot, real);
    const escaped = inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside);
    if (escaped || named.ino !== opened.ino || named.dev !== opened.dev) {
      return { kind: 'unreadable' };
    }
    const bytes = await readUpTo(file, maxBytes + 1, opened.size);
    if (bytes.length > maxBytes) return { kind: 'tooLarge' };
    return { kind: 'bytes', bytes, realPath: inside.split(sep).join('/') };
  } catch (error) {
    return failureOfRead(error);
  } finally {
    await file?.close();
  }
}

/** What a failed system call says about one file. Rethrows what is not about the file. */
export function failureOfRead(error: unknown): { kind: 'unreadable' | 'missing' } {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { kind: 'missing' };
    case 'EACCES':
    case 'EPERM':
    case 'ELOOP':
    case 'ENAMETOOLONG':
    case 'EISDIR':
    case 'ENXIO':
    case 'ENODEV':
    case 'EIO':
    case 'EBUSY':
    case 'ESTALE':
    case 'EINVAL':
    case 'EOVERFLOW':
    case 'ETXTBSY':
    case 'ERR_INVALID_ARG_VALUE':
      return { kind: 'unreadable' };
    default:
      throw error;
  }
}

/** The size known beforehand is a hint only: the file may grow, and /proc says 0 for all. */
async function readUpTo(file: FileHandle, limit: number, sizeHint: number): Promise<Uint8Array> {
  let buffer = Buffer.allocUnsafe(Math.min(limit, Math.max(sizeHint + 1, 4_096)));
  let length = 0;
  while (length < limit) {
    if (length === buffer.length) {
      buffer = Buffer.concat([buffer], Math.min(limit, 2 * buffer.length));
    }
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}
