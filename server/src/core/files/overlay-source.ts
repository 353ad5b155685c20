import { cleanText } from './decode-text.ts';
import type {
  FileEntry,
  FileSource,
  FileText,
  FileVerdict,
  FolderSnapshot,
  Listing,
  SkippedFile,
} from './file-source.ts';
import { textUnlessGenerated } from './text-of.ts';

/** Text of an open document that is not what its file holds. */
export interface UnsavedText {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly changedAtMs: number;
}

/**
 * Puts unsaved text in the place of the text on disk. Which files there are, and which of them are
 * left out, is still said by the source beneath.
 */
export function openOverlaySource(
  beneath: FileSource,
  unsaved: () => ReadonlyMap<string, UnsavedText>,
): FileSource {
  return new OverlaySource(beneath, unsaved);
}

class OverlaySource implements FileSource {
  readonly #beneath: FileSource;
  readonly #unsaved: () => ReadonlyMap<string, UnsavedText>;

  constructor(beneath: FileSource, unsaved: () => ReadonlyMap<string, UnsavedText>) {
    this.#beneath = beneath;
    this.#unsaved = unsaved;
  }

  async snapshot(signal: AbortSignal): Promise<FolderSnapshot | null> {
    const snapshot = await this.#beneath.snapshot(signal);
    const unsaved = [...this.#unsaved().keys()].sort();
    if (snapshot === null || unsaved.length === 0) return snapshot;
    return {
      ...snapshot,
      // A file whose unsaved text was dropped is another than the one that was looked at.
      id: JSON.stringify([snapshot.id, ...unsaved]),
      loose: [...new Set([...snapshot.loose, ...unsaved])],
      list: async (during) => this.#overlaid(await snapshot.list(during)),
    };
  }

  async list(signal: AbortSignal): Promise<Listing> {
    return this.#overlaid(await this.#beneath.list(signal));
  }

  async stat(
    paths: readonly string[],
    signal?: AbortSignal,
  ): Promise<{ files: FileEntry[]; skipped: SkippedFile[] }> {
    const { files, skipped } = await this.#beneath.stat(paths, signal);
    return { files: files.map((entry) => this.#entryOf(entry)), skipped };
  }

  async read(path: string, blob?: string): Promise<FileText> {
    const unsaved = this.#unsaved().get(path);
    const read = await this.#beneath.read(path, blob);
    // What may not be read from disk, by its name or place, is not taken from an editor either.
    const refused = read.kind === 'skipped' && !OF_CONTENT.has(read.reason);
    if (!unsaved || refused || read.kind === 'missing') return read;
    return textUnlessGenerated(path, cleanText(unsaved.text));
  }

  expect(entries: readonly FileEntry[]): void {
    this.#beneath.expect?.(entries);
  }

  explain(path: string): Promise<FileVerdict> {
    return this.#beneath.explain(path);
  }

  #overlaid({ files, clean, skipped }: Listing): Listing {
    const unsaved = this.#unsaved();
    return {
      files: [
        ...files.map((entry) => this.#entryOf(entry)),
        ...clean
          .filter(({ path }) => unsaved.has(path))
          .map(({ path }) => this.#entryOf({ path, size: 0, mtimeMs: 0 })),
      ],
      clean: clean.filter(({ path }) => !unsaved.has(path)),
      skipped,
    };
  }

  #entryOf(entry: FileEntry): FileEntry {
    const unsaved = this.#unsaved().get(entry.path);
    if (!unsaved) return entry;
    const { text, changedAtMs } = unsaved;
    return { path: entry.path, size: Buffer.byteLength(text), mtimeMs: changedAtMs };
  }
}

/** Reasons that hold for the text on disk and not for another. */
const OF_CONTENT: ReadonlySet<string> = new Set(['binary', 'generated', 'tooLarge']);
