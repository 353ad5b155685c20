import { mkdtemp, open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Failure } from '../../../core/errors.ts';
import { write, type Terminal } from '../terminal.ts';

/** Where output goes. Ended by `finish` or by `discard`, once. */
export interface Sink {
  write(data: string | Uint8Array): Promise<void>;
  finish(): Promise<void>;
  /** Leaves no trace where the target allows it. */
  discard(): Promise<void>;
}

/** A sink whose first bytes can be written again at the end. */
export interface FileSink extends Sink {
  overwriteStart(data: Uint8Array): Promise<void>;
}

/** A stream cannot take back what it was given, so `discard` only stops. */
export function streamSink(stream: Terminal['stdout']): Sink {
  return {
    write: (data) => write(stream, data),
    finish: () => Promise.resolve(),
    discard: () => Promise.resolve(),
  };
}

/** The file appears under its name when it is complete, never before. */
export async function openFileSink(file: string): Promise<FileSink> {
  // A link keeps pointing where it points. What does not exist yet has no real path.
  const target = await realpath(file).catch(() => file);
  const partial = path.join(
    path.dirname(target),
    `.${path.basename(target)}.${process.pid}.partial`,
  );
  return handleSink(await openForWriting(partial, file), {
    finish: () => rename(partial, target),
    discard: () => rm(partial, { force: true }),
  });
}

/** For devices and pipes, which nothing may be renamed over. */
export async function openDirectSink(file: string): Promise<Sink> {
  const nothing = (): Promise<void> => Promise.resolve();
  return handleSink(await openForWriting(file, file), { finish: nothing, discard: nothing });
}

/** Collects in a temporary file and passes all of it on at the end: for what cannot seek. */
export async function openSpooledSink(to: Sink): Promise<FileSink> {
  const folder = await mkdtemp(path.join(tmpdir(), 'embeddingcache-'));
  const spool = path.join(folder, 'spool');
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  return handleSink(await open(spool, 'wx', 0o600), {
    async finish() {
      try {
        const reader = await open(spool);
        for await (const part of reader.createReadStream()) await to.write(part as Buffer);
        await to.finish();
      } finally {
        await remove();
      }
    },
    async discard() {
      await remove();
      await to.discard();
    },
  });
}

/** Whether a path can be replaced by renaming: not a device, a pipe or a folder. */
export async function isReplaceable(file: string): Promise<boolean> {
  // What cannot be looked at is opened as a file, which tells the reason.
  const found = await stat(file).catch(() => null);
  return found === null || found.isFile();
}

async function openForWriting(file: string, named: string): Promise<FileHandle> {
  return open(file, 'w').catch((cause: unknown) => {
    const why = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new Failure('badSettings', `${named} cannot be written${why}.`, { cause });
  });
}

function handleSink(
  handle: FileHandle,
  after: { finish(): Promise<void>; discard(): Promise<void> },
): FileSink {
  return {
    write: (data) => handle.writeFile(data),
    async overwriteStart(data) {
      await handle.write(data, 0, data.byteLength, 0);
    },
    async finish() {
      await handle.close();
      await after.finish();
    },
    async discard() {
      await handle.close();
      await after.discard();
    },
  };
}
