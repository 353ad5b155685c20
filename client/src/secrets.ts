import * as vscode from 'vscode';

/** What a key was stored for. A key is never used for another origin. */
export interface KeyOwner {
  readonly provider: string;
  /** `https://api.openai.com` */
  readonly origin: string;
}

const listKey = 'apiKeyOwners';

/**
 * API keys in the editor's secret storage. The storage cannot be listed, so the owners (not the
 * keys) are remembered beside it.
 */
export class ApiKeys {
  readonly #secrets: vscode.SecretStorage;
  readonly #state: vscode.Memento;
  readonly #changes = new vscode.EventEmitter<void>();
  /** Fires for changes made by any window. */
  readonly onDidChange = this.#changes.event;
  readonly #subscription: vscode.Disposable;

  constructor(secrets: vscode.SecretStorage, state: vscode.Memento) {
    this.#secrets = secrets;
    this.#state = state;
    this.#subscription = secrets.onDidChange(() => {
      this.#changes.fire();
    });
  }

  async get(owner: KeyOwner): Promise<string | null> {
    return (await this.#secrets.get(secretName(owner))) ?? null;
  }

  async store(owner: KeyOwner, key: string): Promise<void> {
    await this.#state.update(listKey, [...this.#others(owner), owner]);
    await this.#secrets.store(secretName(owner), key);
  }

  async remove(owner: KeyOwner): Promise<void> {
    await this.#secrets.delete(secretName(owner));
    await this.#state.update(listKey, this.#others(owner));
  }

  owners(): readonly KeyOwner[] {
    return this.#state.get<readonly KeyOwner[]>(listKey, []);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changes.dispose();
  }

  #others(owner: KeyOwner): KeyOwner[] {
    return this.owners().filter((other) => secretName(other) !== secretName(owner));
  }
}

function secretName({ provider, origin }: KeyOwner): string {
  return `apiKey:${provider}:${origin}`;
}
