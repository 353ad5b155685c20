import * as vscode from 'vscode';

/** What a key was stored for. A key is never used for another origin. */
export interface KeyOwner {
  readonly provider: string;
  /** `https://api.openai.com` */
  readonly origin: string;
}

const listName = 'apiKeyOwners';

/**
 * API keys in the editor's secret storage. The storage cannot be listed, so one more entry of it
 * holds the owners: kept or lost together with the keys, unlike a memento.
 */
export class ApiKeys {
  readonly #secrets: vscode.SecretStorage;
  readonly #changes = new vscode.EventEmitter<void>();
  /** Fires for changes made by any window. */
  readonly onDidChange = this.#changes.event;
  readonly #subscription: vscode.Disposable;
  #last: Promise<unknown> = Promise.resolve();

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
    this.#subscription = secrets.onDidChange(({ key }) => {
      if (key !== listName) this.#changes.fire();
    });
  }

  async get(owner: KeyOwner): Promise<string | null> {
    return (await this.#secrets.get(secretName(owner))) ?? null;
  }

  store(owner: KeyOwner, key: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#remember([...(await this.#others(owner)), owner]);
      await this.#secrets.store(secretName(owner), key);
    });
  }

  remove(owner: KeyOwner): Promise<void> {
    return this.#inTurn(async () => {
      await this.#secrets.delete(secretName(owner));
      await this.#remember(await this.#others(owner));
    });
  }

  /** Whom keys are stored for. */
  owners(): Promise<readonly KeyOwner[]> {
    return this.#inTurn(() => this.#list());
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changes.dispose();
  }

  /** The storage takes its time: nobody may read a list that is being changed. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work, work);
    this.#last = result;
    return result;
  }

  async #list(): Promise<KeyOwner[]> {
    const list = await this.#secrets.get(listName);
    return list === undefined ? [] : (JSON.parse(list) as KeyOwner[]);
  }

  async #others(owner: KeyOwner): Promise<KeyOwner[]> {
    return (await this.#list()).filter((other) => secretName(other) !== secretName(owner));
  }

  async #remember(owners: readonly KeyOwner[]): Promise<void> {
    await this.#secrets.store(listName, JSON.stringify(owners));
  }
}

function secretName({ provider, origin }: KeyOwner): string {
  return `apiKey:${provider}:${origin}`;
}
