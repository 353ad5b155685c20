import * as vscode from 'vscode';
import { type Endpoint, isLoopback } from './endpoint.ts';

const stateKey = 'allowedOrigins';

/** Which origins the user agreed to send this workspace's text to. Kept with the workspace. */
export class Consent {
  readonly #state: vscode.Memento;
  readonly #changes = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changes.event;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  origins(): readonly string[] {
    return this.#state.get<readonly string[]>(stateKey, []);
  }

  /** Whether text may go there now. Nothing goes anywhere from a folder that is not trusted. */
  allows(endpoint: Endpoint): boolean {
    if (!vscode.workspace.isTrusted || endpoint.origin === null) return false;
    return isLoopback(endpoint.origin) || this.origins().includes(endpoint.origin);
  }

  async give(origin: string): Promise<void> {
    if (this.origins().includes(origin)) return;
    await this.#state.update(stateKey, [...this.origins(), origin]);
    this.#changes.fire();
  }

  async withdraw(origin: string): Promise<void> {
    await this.#state.update(
      stateKey,
      this.origins().filter((other) => other !== origin),
    );
    this.#changes.fire();
  }

  dispose(): void {
    this.#changes.dispose();
  }
}
