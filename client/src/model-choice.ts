import * as vscode from 'vscode';
import type { Settings } from './settings.ts';

const stateKey = 'model';

/** What a model is called by. */
export type Choice = Pick<Settings, 'provider' | 'model' | 'dimensions'>;

/**
 * The model chosen for this workspace alone. It is kept by the editor, never in a file of the
 * repository, where somebody else could choose for the user.
 */
export class ModelChoice {
  readonly #state: vscode.Memento;
  readonly #changes = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changes.event;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  /** The settings with the choice for this workspace, where there is one. */
  appliedTo(settings: Settings): Settings {
    const choice = this.#state.get<Choice>(stateKey);
    return choice === undefined ? settings : { ...settings, ...choice };
  }

  /** For this workspace; null goes back to what holds everywhere. */
  async choose(choice: Choice | null): Promise<void> {
    await this.#state.update(stateKey, choice ?? undefined);
    this.#changes.fire();
  }

  dispose(): void {
    this.#changes.dispose();
  }
}
