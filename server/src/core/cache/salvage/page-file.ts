import { open, type FileHandle } from 'node:fs/promises';

const LOG_HEADER = 32;
const FRAME_HEADER = 24;
/** Read at once: some hundred rows, parsed in a few milliseconds. */
const CHUNK_BYTES = 1 << 19;

/** A page; the first of a file begins with the file's header. */
export interface Page {
  readonly bytes: Buffer;
  readonly isFirst: boolean;
}

/** The pages of a SQLite file and of its write-ahead log, without SQLite and whatever their state. */
export class PageFile {
  readonly pageSize: number;
  readonly #file: FileHandle;
  readonly #log: FileHandle | null;
  /** Where the newest copy of a page lies in the log. */
  readonly #inLog = new Map<number, number>();

  private constructor(pageSize: number, file: FileHandle, log: FileHandle | null) {
    this.pageSize = pageSize;
    this.#file = file;
    this.#log = log;
  }

  static async open(file: string, pageSize: number): Promise<PageFile> {
    const handle = await open(file, 'r');
    // The log is gone once another process has brought it into the file.
    const log = await open(`${file}-wal`, 'r').catch(() => null);
    return new PageFile(pageSize, handle, log);
  }

  /** The log first: what another process brings into the file meanwhile is found there. */
  async *pages(): AsyncGenerator<Page> {
    if (this.#log) {
      const stride = FRAME_HEADER + this.pageSize;
      for await (const { bytes, at } of slices(this.#log, LOG_HEADER, stride)) {
        const number = bytes.readUInt32BE(0);
        this.#inLog.set(number, at + FRAME_HEADER);
        yield { bytes: bytes.subarray(FRAME_HEADER), isFirst: number === 1 };
      }
    }
    for await (const { bytes, at } of slices(this.#file, 0, this.pageSize)) {
      yield { bytes, isFirst: at === 0 };
    }
  }

  /** A page by its number, from 1; null where there is none. */
  async page(number: number): Promise<Buffer | null> {
    const bytes = Buffer.alloc(this.pageSize);
    const inLog = this.#inLog.get(number);
    const [handle, at] =
      inLog !== undefined && this.#log
        ? [this.#log, inLog]
        : [this.#file, (number - 1) * this.pageSize];
    const { bytesRead } = await handle.read(bytes, 0, this.pageSize, at);
    return bytesRead === this.pageSize ? bytes : null;
  }

  async close(): Promise<void> {
    await this.#file.close();
    await this.#log?.close();
  }
}

/** Equal slices of a file from a place on; a shorter last one is left out. */
async function* slices(
  handle: FileHandle,
  start: number,
  size: number,
): AsyncGenerator<{ bytes: Buffer; at: number }> {
  const perChunk = Math.max(1, Math.floor(CHUNK_BYTES / size));
  for (let position = start; ; position += perChunk * size) {
    const chunk = Buffer.alloc(perChunk * size);
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
    for (let at = 0; at + size <= bytesRead; at += size) {
      yield { bytes: chunk.subarray(at, at + size), at: position + at };
    }
    if (bytesRead < chunk.length) return;
  }
}
