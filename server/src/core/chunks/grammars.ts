import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Language } from 'web-tree-sitter';
import { Failure } from '../errors.ts';
import { languageOf } from '../files/language-of.ts';

/** Grammar by VS Code language id; each is `NAME.wasm` in the folder of grammars. */
const GRAMMARS: Readonly<Record<string, string>> = {
  c: 'c',
  cpp: 'cpp',
  csharp: 'c-sharp',
  css: 'css',
  dart: 'dart',
  go: 'go',
  java: 'java',
  javascript: 'javascript',
  javascriptreact: 'javascript',
  kotlin: 'kotlin',
  php: 'php',
  powershell: 'powershell',
  python: 'python',
  ruby: 'ruby',
  rust: 'rust',
  scala: 'scala',
  shellscript: 'bash',
  swift: 'swift',
  typescript: 'typescript',
  typescriptreact: 'tsx',
};

/** Name of the grammar a file is parsed with; null where there is none. */
export function grammarOf(file: string): string | null {
  // C++ headers are named like C's; its grammar reads both.
  if (file.endsWith('.h')) return 'cpp';
  const language = languageOf(file);
  return language === null ? null : (GRAMMARS[language] ?? null);
}

/** The folder of grammars, which lies beside that of the embedded model. */
export function grammarsBeside(modelFile: string): string {
  return path.join(path.dirname(modelFile), '../grammars');
}

/** Grammars of one folder, each loaded when it is first wanted. */
export class Grammars {
  readonly #folder: string;
  readonly #languages = new Map<string, Promise<Language>>();

  /** @param folder Absolute path. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Rejects with Failure `internal` where a file is missing or damaged; the next call tries again. */
  get(name: string): Promise<Language> {
    let language = this.#languages.get(name);
    if (language === undefined) {
      language = this.#load(name);
      this.#languages.set(name, language);
      language.catch(() => this.#languages.delete(name));
    }
    return language;
  }

  async #load(name: string): Promise<Language> {
    const { Language, Parser } = await import('web-tree-sitter');
    try {
      await Parser.init({ wasmBinary: await this.#read('web-tree-sitter') });
      return await Language.load(await this.#read(name));
    } catch (cause) {
      throw new Failure(
        'internal',
        `The grammar “${name}” cannot be read: install Embedding Cache again.`,
        { cause },
      );
    }
  }

  async #read(name: string): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await readFile(path.join(this.#folder, `${name}.wasm`)));
  }
}
