/** The part of `vscode.l10n` that pure modules need, so that they run without VS Code. */
export interface L10n {
  /** Translates `message`; `{0}`, `{1}` … stand for `args`. */
  t(message: string, ...args: (string | number)[]): string;
}
