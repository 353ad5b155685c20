import * as vscode from 'vscode';

/** A list of hits, of which one is active. */
export interface HitList {
  explainActive(): Promise<void>;
}

/** The list of hits that is on the screen, for commands about its active hit. */
export class ShownHits {
  #current: HitList | null = null;

  get current(): HitList | null {
    return this.#current;
  }

  opened(list: HitList): void {
    this.#set(list);
  }

  closed(list: HitList): void {
    if (this.#current === list) this.#set(null);
  }

  #set(list: HitList | null): void {
    this.#current = list;
    void vscode.commands.executeCommand('setContext', 'embeddingCache.hitsShown', list !== null);
  }
}
