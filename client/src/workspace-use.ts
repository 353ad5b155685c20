import * as vscode from 'vscode';

const stateKey = 'used';

/** Whether this workspace was ever used with the product: before that, nothing runs or shows. */
export class WorkspaceUse {
  readonly #state: vscode.Memento;
  readonly #changes = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changes.event;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  get used(): boolean {
    return this.#state.get(stateKey, false);
  }

  async markUsed(): Promise<void> {
    if (this.used) return;
    await this.#state.update(stateKey, true);
    this.#changes.fire();
  }

  /** As if it had never been used. */
  async forget(): Promise<void> {
    await this.#state.update(stateKey, undefined);
    this.#changes.fire();
  }

  dispose(): void {
    this.#changes.dispose();
  }
}
