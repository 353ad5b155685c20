import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What a program did to the files of a directory, in order. */
export type DiskEvent =
  | { readonly kind: 'write'; readonly file: string; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly file: string; readonly size: number }
  | { readonly kind: 'delete'; readonly file: string }
  /** All that went before for this file is safe. */
  | { readonly kind: 'sync'; readonly file: string };

/** The command line that records a program's disk events in a log. */
export function recorderOf(log: string): string[] {
  const calls = 'openat,close,pwrite64,ftruncate,fdatasync,fsync,unlink';
  return [
    'strace',
    '-f',
    '-qq',
    '--seccomp-bpf',
    '-xx',
    '-s',
    '100000000',
    '-e',
    `trace=${calls}`,
    '-o',
    log,
  ];
}

const CALL = /^\d+\s+(\w+)\((.*)\)\s+= (-?\d+)/;

/** Reads what `recorderOf` recorded, for the files of one directory. */
export function readDiskEvents(log: string, directory: string): DiskEvent[] {
  const events: DiskEvent[] = [];
  const opened = new Map<string, string>();
  for (const line of linesOf(log)) {
    const match = CALL.exec(line);
    if (!match || match[3] === '-1') continue;
    const [, call, args, result] = match as unknown as [string, string, string, string];
    const fd = args.slice(0, args.indexOf(',') === -1 ? undefined : args.indexOf(','));
    const file = opened.get(fd);
    switch (call) {
      case 'openat': {
        const name = unescaped(/"([^"]*)"/.exec(args)![1]!).toString();
        if (isOurs(name, directory)) opened.set(result, name);
        else opened.delete(result);
        break;
      }
      case 'close':
        opened.delete(fd);
        break;
      case 'pwrite64': {
        if (file === undefined) break;
        const [, text, at] = /"([^"]*)", \d+, (\d+)$/.exec(args)!;
        const bytes = unescaped(text!).subarray(0, Number(result));
        events.push({ kind: 'write', file, at: Number(at), bytes });
        break;
      }
      case 'ftruncate':
        if (file === undefined) break;
        events.push({ kind: 'truncate', file, size: Number(/\d+$/.exec(args)![0]) });
        break;
      case 'fdatasync':
      case 'fsync':
        if (file !== undefined) events.push({ kind: 'sync', file });
        break;
      case 'unlink': {
        const name = unescaped(/"([^"]*)"/.exec(args)![1]!).toString();
        if (isOurs(name, directory)) events.push({ kind: 'delete', file: name });
        break;
      }
    }
  }
  return events;
}

const SECTOR = 512;

/**
 * The directory as a disk may hold it when the power goes after so many events: what was synced is
 * there, of the rest any part, torn between sectors. A deletion is safe with the next sync of any
 * file, as on a file system with a journal. `random` gives numbers from 0 to 1.
 */
export function writeDiskAfterCut(
  events: readonly DiskEvent[],
  cut: number,
  { from, to, random }: { from: string; to: string; random: () => number },
): void {
  const happened = events.slice(0, cut);
  const files = new Map<string, Buffer>();
  for (const [i, event] of happened.entries()) {
    const { file } = event;
    const isSafe = happened.some(
      (later, k) =>
        k > i && later.kind === 'sync' && (later.file === file || event.kind === 'delete'),
    );
    const before = files.get(file) ?? Buffer.alloc(0);
    switch (event.kind) {
      case 'write':
        files.set(file, written(before, event.at, event.bytes, isSafe ? null : random));
        break;
      case 'truncate':
        if (isSafe || random() < 0.5) files.set(file, resized(before, event.size));
        break;
      case 'delete':
        if (isSafe || random() < 0.5) files.delete(file);
        break;
      case 'sync':
        break;
    }
  }
  mkdirSync(to, { recursive: true });
  for (const [file, bytes] of files) {
    const target = path.join(to, path.relative(from, file));
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, bytes);
  }
}

/** Sector by sector; each is kept or not, as chance has it. */
function written(file: Buffer, at: number, bytes: Buffer, random: (() => number) | null): Buffer {
  const result = resized(file, Math.max(file.length, at + bytes.length));
  for (let start = 0; start < bytes.length;) {
    const end = Math.min(bytes.length, start + SECTOR - ((at + start) % SECTOR));
    if (random === null || random() < 0.5) bytes.copy(result, at + start, start, end);
    start = end;
  }
  return result;
}

function resized(file: Buffer, size: number): Buffer {
  const result = Buffer.alloc(size);
  file.copy(result);
  return result;
}

/** The log's index is in memory, and gone with the power. */
function isOurs(file: string, directory: string): boolean {
  return file.startsWith(`${directory}${path.sep}`) && !file.endsWith('-shm');
}

function linesOf(log: string): string[] {
  return readFileSync(log, 'latin1').split('\n');
}

function unescaped(text: string): Buffer {
  return Buffer.from(text.replaceAll('\\x', ''), 'hex');
}
