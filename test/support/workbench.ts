import path from 'node:path';
import type { Locator, Page } from 'playwright-core';

const STATUS_ITEM = 'embeddingcache.embeddingcache.embeddingCache.status';

/** Wait for one of several tries. */
const patienceMs = 3000;

/** VS Code's window, in the words of the person using it. Waits instead of sleeping. */
export class Workbench {
  readonly page: Page;
  readonly #url: string;
  readonly #shots: string;

  constructor(page: Page, { url, shots }: { url: string; shots: string }) {
    this.page = page;
    this.#url = url;
    this.#shots = shots;
    page.setDefaultTimeout(30_000);
  }

  /** Opens or reloads the window. */
  async open(): Promise<void> {
    await this.page.goto(this.#url);
    await this.page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
  }

  /** Opens a workspace file of this machine in place of the folder. */
  async openWorkspace(file: string): Promise<void> {
    const url = new URL(this.#url);
    url.searchParams.delete('folder');
    url.searchParams.set('workspace', file);
    const folder = this.page.locator('.explorer-folders-view .monaco-list-row').first();
    // Right after another window was left it may come up empty.
    await this.#retry(async () => {
      await this.page.goto(url.href);
      await this.page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
      await folder.or(this.dialog('trust the authors')).first().waitFor({ timeout: 15_000 });
    });
  }

  async answerTrust(trust: boolean): Promise<void> {
    const dialog = this.dialog('trust the authors');
    await dialog.waitFor();
    await dialog.getByRole('button', { name: trust ? /^Yes/ : /^No/ }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  get restrictedBadge(): Locator {
    return this.statusBar.getByText('Restricted Mode');
  }

  get statusBar(): Locator {
    return this.page.locator('.part.statusbar');
  }

  get status(): Locator {
    return this.page.locator(`[id="${STATUS_ITEM}"]`);
  }

  /** What a screen reader says of the status item: the text and the tooltip. */
  async statusLabel(): Promise<string> {
    return (await this.status.locator('a').getAttribute('aria-label')) ?? '';
  }

  /** The box at the top: command palette, quick pick or input. */
  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }

  get quickInputBox(): Locator {
    return this.quickInput.locator('input.input').first();
  }

  get quickPickRows(): Locator {
    return this.quickInput.locator('.quick-input-list .monaco-list-row');
  }

  /** The row that Enter takes. */
  get focusedRow(): Locator {
    return this.quickInput.locator('.quick-input-list .monaco-list-row.focused');
  }

  dialog(text: string | RegExp): Locator {
    return this.page.locator('.monaco-dialog-box', { hasText: text });
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-list-item').filter({ hasText: text });
  }

  tab(name: string): Locator {
    return this.page.getByRole('tab', { name });
  }

  /** Runs a command of the palette by its title, with category. */
  async run(title: string): Promise<void> {
    // Not any row: the list of before the words were typed may hold it, too.
    const row = this.focusedRow.filter({ hasText: title });
    await this.#retry(async () => {
      await this.page.keyboard.press('F1');
      await this.quickInputBox.fill(`>${title}`, { timeout: patienceMs });
      await row.waitFor({ timeout: patienceMs });
    });
    await this.page.keyboard.press('Enter');
  }

  /** Presses keys one after another until the box at the top opens. */
  async openQuickInput(...keys: readonly string[]): Promise<void> {
    await this.#retry(async () => {
      for (const key of keys) await this.page.keyboard.press(key);
      await this.quickInputBox.waitFor({ timeout: patienceMs });
    });
  }

  /** Opens a file by its path relative to the folder and puts the cursor on a line, 1-based. */
  async openFile(relative: string, line?: number): Promise<void> {
    const row = this.focusedRow.filter({ hasText: path.basename(relative) });
    // An editor that is still opening may take the focus, which closes the box.
    await this.#retry(async () => {
      await this.page.keyboard.press('Control+P');
      const where = line === undefined ? relative : `${relative}:${line}`;
      await this.quickInputBox.fill(where, { timeout: patienceMs });
      await row.waitFor({ timeout: patienceMs });
    });
    await this.page.keyboard.press('Enter');
    await this.page
      .locator('.tab.active')
      .filter({ hasText: path.basename(relative) })
      .waitFor();
    await this.page.locator('.editor-group-container .monaco-editor.focused').waitFor();
  }

  /** Types an API key where one is asked for, and waits until it is stored for that origin. */
  async enterApiKey(key: string, origin: string): Promise<void> {
    await this.quickInput.locator('input[type=password]').fill(key);
    await this.page.keyboard.press('Enter');
    await this.apiKeyStored(origin).waitFor();
  }

  /** Shown for a few seconds. */
  apiKeyStored(origin: string): Locator {
    return this.statusBar.getByText(`Stored the key for ${origin}`);
  }

  /** Points at the status item until its tooltip says all of these: an update may have closed it. */
  async hoverStatus(...says: readonly RegExp[]): Promise<void> {
    const tooltip = this.page.locator('.monaco-hover:visible');
    await this.#retry(async () => {
      await this.page.mouse.move(640, 300);
      await this.status.hover();
      for (const text of says) await tooltip.getByText(text).waitFor({ timeout: patienceMs });
    });
  }

  /** `Ln 3, Col 1` in the status bar. */
  get cursorPosition(): Locator {
    return this.page.locator('[id="status.editor.selection"]');
  }

  /** The document inside a webview panel. */
  get webview(): ReturnType<Page['frameLocator']> {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }

  async shot(name: string): Promise<void> {
    await this.page.screenshot({
      path: path.join(this.#shots, `${name}.png`),
      animations: 'disabled',
    });
  }

  /**
   * A window that has just opened does not know the extension yet, and an open palette does not
   * learn of it: what failed is closed and tried again.
   */
  async #retry(step: () => Promise<void>): Promise<void> {
    for (let left = 8; ; left--) {
      try {
        await step();
        return;
      } catch (error) {
        if (left === 0) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }
}
