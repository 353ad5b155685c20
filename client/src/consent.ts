import * as vscode from 'vscode';
import { type Endpoint, isLoopback } from './endpoint.ts';

const stateKey = 'allowedOrigins';
const declinedKey = 'declinedOrigins';
const agreedKey = 'agreedUsd';

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

  /** Whether the user was asked and said no: who knows that is not asked again unbidden. */
  hasDeclined(origin: string): boolean {
    return this.#state.get<readonly string[]>(declinedKey, []).includes(origin);
  }

  async decline(origin: string): Promise<void> {
    if (this.hasDeclined(origin)) return;
    const declined = this.#state.get<readonly string[]>(declinedKey, []);
    await this.#state.update(declinedKey, [...declined, origin]);
  }

  async withdraw(origin: string): Promise<void> {
    await this.#state.update(
      stateKey,
      this.origins().filter((other) => other !== origin),
    );
    this.#changes.fire();
  }

  /** Cost of a run the user agreed to and that has not come to its end; US dollars, else 0. */
  get agreedUsd(): number {
    return this.#state.get(agreedKey, 0);
  }

  /** So that a run stopped half-way goes on without asking again. */
  async agreeTo(usd: number): Promise<void> {
    if (usd !== this.agreedUsd) await this.#state.update(agreedKey, usd);
  }

  dispose(): void {
    this.#changes.dispose();
  }
}
