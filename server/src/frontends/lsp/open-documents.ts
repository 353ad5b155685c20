import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Connection, TextDocumentContentChangeEvent } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { cleanText, decodeText } from '../../core/files/decode-text.ts';
import type { UnsavedText } from '../../core/files/overlay-source.ts';
import type { WorkspaceFolders } from './workspace-folders.ts';

export interface OpenDocumentsDeps {
  readonly folders: WorkspaceFolders;
  /** Told of documents whose unsaved text came, changed or went. */
  changed(uri: string): void;
  /** How long a text must rest before it is taken, milliseconds: where it costs money, longer. */
  restMs(): number;
}

/** Documents open in the client whose text is not, or may not be, that of their files. */
export class OpenDocuments {
  readonly #deps: OpenDocumentsDeps;
  readonly #open = new Map<string, TextDocument>();
  /** When the text last changed, by URI; only of documents that are not saved. */
  readonly #unsaved = new Map<string, number>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(deps: OpenDocumentsDeps) {
    this.#deps = deps;
  }

  listen(connection: Connection): void {
    connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version, text } }) => {
      this.#open.set(uri, TextDocument.create(uri, languageId, version, text));
      void this.#compare(uri);
    });
    connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
      this.#change(uri, version, contentChanges);
    });
    connection.onDidSaveTextDocument(({ textDocument: { uri } }) => {
      this.#settle(uri);
      // Also where no watcher tells of it.
      this.#deps.changed(uri);
    });
    connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
      this.#open.delete(uri);
      this.#settle(uri);
    });
  }

  /** By path relative to the folder. */
  unsavedIn(folder: string): ReadonlyMap<string, UnsavedText> {
    const texts = new Map<string, UnsavedText>();
    for (const [uri, changedAtMs] of this.#unsaved) {
      const place = this.#deps.folders.locate(uri);
      const document = this.#open.get(uri);
      if (!document || place?.folder !== folder) continue;
      texts.set(place.path, { text: document.getText(), changedAtMs });
    }
    return texts;
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #change(uri: string, version: number, changes: TextDocumentContentChangeEvent[]): void {
    const document = this.#open.get(uri);
    if (!document) return;
    this.#open.set(uri, TextDocument.update(document, changes, version));
    this.#markUnsaved(uri);
  }

  #markUnsaved(uri: string): void {
    this.#unsaved.set(uri, Date.now());
    clearTimeout(this.#timers.get(uri));
    const timer = setTimeout(() => {
      this.#timers.delete(uri);
      this.#deps.changed(uri);
    }, this.#deps.restMs());
    this.#timers.set(uri, timer);
  }

  /** Saved or closed: the file speaks for itself again. */
  #settle(uri: string): void {
    clearTimeout(this.#timers.get(uri));
    this.#timers.delete(uri);
    if (this.#unsaved.delete(uri)) this.#deps.changed(uri);
  }

  /** A document may be opened with text that was left unsaved when the window was closed. */
  async #compare(uri: string): Promise<void> {
    if (!this.#deps.folders.locate(uri) || !uri.startsWith('file:')) return;
    const bytes = await readFile(fileURLToPath(uri)).catch(() => null);
    const document = this.#open.get(uri);
    const onDisk = bytes === null ? null : decodeText(bytes);
    if (!document || onDisk === null || onDisk === cleanText(document.getText())) return;
    this.#markUnsaved(uri);
  }
}
