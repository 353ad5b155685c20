import * as vscode from 'vscode';

interface Answers {
  /** What to choose from each list that opens, in order: the first row whose label matches. */
  readonly picks?: readonly RegExp[];
  /** Path that a save dialog gives. */
  readonly saves?: string;
  /** Path that an open dialog gives. */
  readonly opens?: string;
  /** Sees each message, and may press one of its buttons. */
  readonly messages?: (text: string, buttons: readonly string[]) => string | undefined;
}

type Window = Record<string, unknown>;

/** Answers VS Code's dialogs in the user's place, until the function that it gives is called. */
export function answering({ picks = [], saves, opens, messages }: Answers): () => void {
  const window = vscode.window as unknown as Window;
  const left = [...picks];
  const message = (text: string, ...rest: unknown[]): Promise<unknown> => {
    const buttons = rest.filter((item) => typeof item === 'string');
    return Promise.resolve(messages?.(text, buttons));
  };
  const answers: Window = {
    showInformationMessage: message,
    showWarningMessage: message,
    showErrorMessage: message,
    showQuickPick: async (items: Promise<readonly vscode.QuickPickItem[]>) => {
      const pattern = left.shift();
      return (await items).find(({ label }) => pattern?.test(label) === true);
    },
    showSaveDialog: () => Promise.resolve(saves && vscode.Uri.file(saves)),
    showOpenDialog: () => Promise.resolve(opens && [vscode.Uri.file(opens)]),
  };
  const before = Object.fromEntries(Object.keys(answers).map((name) => [name, window[name]]));
  Object.assign(window, answers);
  return () => {
    Object.assign(window, before);
  };
}
