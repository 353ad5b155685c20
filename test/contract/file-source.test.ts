import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openClientSource } from '../../server/src/core/files/client-source.ts';
import { openDiskSource } from '../../server/src/core/files/disk-source.ts';
import { openOverlaySource, type UnsavedText } from '../../server/src/core/files/overlay-source.ts';
import { writeTree } from '../support/folder-tree.ts';
import { GitRepository } from '../support/git-repository.ts';
import { MemoryFiles } from '../support/memory-files.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { describeFileSource, type SourceUnderTest } from './file-source.ts';

const { signal } = new AbortController();

type Options = { exclude: { pattern: string; setting: string }[]; maxFileSizeKb: number };

function onDisk(options: Options): SourceUnderTest & { folder: string } {
  const folder = path.join(tempDirectory(), 'root');
  mkdirSync(folder);
  return {
    folder,
    source: openDiskSource({ folder, ...options }),
    put: (file, content) => {
      if (content === null) rmSync(path.join(folder, file));
      else writeTree(folder, { [file]: content });
    },
  };
}

describeFileSource('the disk', onDisk);

describeFileSource('the client', (options) => {
  const files = new MemoryFiles();
  return {
    source: openClientSource({ folder: 'memfs:/root', files, ...options }),
    put: (file, content) => {
      if (content === null) files.files.delete(file);
      else files.files.set(file, Buffer.from(content));
    },
  };
});

describeFileSource('the disk under open documents that are saved', (options) => {
  const disk = onDisk(options);
  return { ...disk, source: openOverlaySource(disk.source, () => new Map()) };
});

describe('the client as a source', () => {
  it('asks for 16 files or about 100 KB a message, and for none twice', async () => {
    const files = new MemoryFiles();
    for (let i = 0; i < 40; i++) files.files.set(`s${i}.ts`, Buffer.from(`small ${i}`));
    for (let i = 0; i < 6; i++) files.files.set(`z${i}.ts`, Buffer.from('z'.repeat(40_000)));
    const source = openClientSource({ folder: 'memfs:/r', files, exclude: [], maxFileSizeKb: 64 });
    const listing = await source.list(signal);
    source.expect?.(listing.files);
    for (const file of listing.files) await source.read(file.path);
    expect(files.messages.map((paths) => paths.length)).toEqual([16, 16, 10, 2, 2]);
    expect(new Set(files.messages.flat()).size).toBe(46);
  });
});

describe('open documents as a source', () => {
  const overlay = (disk: SourceUnderTest) => {
    const unsaved = new Map<string, UnsavedText>();
    return { unsaved, source: openOverlaySource(disk.source, () => unsaved) };
  };

  it('give the unsaved text, its size and time, in place of the disk’s', async () => {
    const disk = onDisk({ exclude: [], maxFileSizeKb: 64 });
    await disk.put('a.ts', 'saved');
    const { source, unsaved } = overlay(disk);
    unsaved.set('a.ts', { text: 'not\r\nsaved yet', changedAtMs: 7 });
    const entry = { path: 'a.ts', size: 14, mtimeMs: 7 };
    expect((await source.list(signal)).files).toEqual([entry]);
    expect((await source.stat(['a.ts'])).files).toEqual([entry]);
    expect(await source.read('a.ts')).toEqual({ kind: 'text', text: 'not\nsaved yet' });
    unsaved.clear();
    expect(await source.read('a.ts')).toMatchObject({ text: 'saved' });
  });

  it('open no file that may not be read', async () => {
    const disk = onDisk({ exclude: [{ pattern: 'x.ts', setting: 's' }], maxFileSizeKb: 64 });
    await disk.put('.env', 'canary');
    await disk.put('x.ts', '');
    const { source, unsaved } = overlay(disk);
    for (const file of ['.env', 'x.ts', 'gone.ts', '../up.ts']) {
      unsaved.set(file, { text: 'canary', changedAtMs: 1 });
    }
    expect((await source.list(signal)).files).toEqual([]);
    expect(await source.read('.env')).toMatchObject({ reason: 'secretName' });
    expect(await source.read('gone.ts')).toEqual({ kind: 'missing' });
    expect(await source.read('../up.ts')).not.toMatchObject({ kind: 'text' });
  });

  it('are looked at whatever git says, and change what is vouched for', async () => {
    const repository = new GitRepository(path.join(tempDirectory(), 'r'), {
      'a.ts': '1',
      'b.ts': '2',
    });
    const source = openDiskSource({
      folder: repository.folder,
      exclude: [],
      maxFileSizeKb: 64,
      git: true,
    });
    const { source: over, unsaved } = overlay({ source, put: () => undefined });
    const before = await over.snapshot(signal);
    unsaved.set('a.ts', { text: 'unsaved', changedAtMs: 1 });
    const during = await over.snapshot(signal);
    expect(during?.id).not.toBe(before?.id);
    expect(during?.loose).toEqual(['a.ts']);
    const { files, clean } = await during!.list(signal);
    expect(files.map((file) => file.path)).toEqual(['a.ts']);
    expect(clean.map((file) => file.path)).toEqual(['b.ts']);
    unsaved.clear();
    unsaved.set('b.ts', { text: 'unsaved', changedAtMs: 1 });
    expect((await over.snapshot(signal))?.id).not.toBe(during?.id);
  });
});
