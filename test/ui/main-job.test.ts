import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shotWhenFailed } from '../support/shot-when-failed.ts';
import { openVSCode, type VSCode } from '../support/vscode.ts';
import type { Workbench } from '../support/workbench.ts';

/** Finds `backoff` in src/net/retry.ts by meaning alone. */
const DESCRIPTION = 'exponential delay between repeated requests';

describe('a trusted workspace', () => {
  let vscode: VSCode;
  let workbench: Workbench;

  beforeAll(async () => {
    vscode = await openVSCode({ trust: true });
    workbench = vscode.workbench;
  });
  afterAll(async () => {
    await vscode.close();
  });
  shotWhenFailed(() => vscode);

  it('shows nothing before the first use', async () => {
    await workbench.page.locator('.part.statusbar').waitFor();
    expect(await workbench.status.count()).toBe(0);
  });

  it('is indexed by a command, and says so in the status bar', async () => {
    await workbench.run('Embedding Cache: Index Workspace');
    await workbench.status.filter({ hasText: /\d/ }).waitFor();
    await expect.poll(() => workbench.statusLabel()).toContain('Embedding Cache: ready');
    await workbench.hoverStatus(/Files 11 · chunks \d+ · skipped 0/, /Model .*on this computer/);
    await workbench.shot('status-tooltip');
  });

  it('is searched by a description that shares no word with the function', async () => {
    const text = await readFile(path.join(vscode.folder, 'src/net/retry.ts'), 'utf8');
    const shared = wordsOf(DESCRIPTION).filter((word) => wordsOf(`${text} retry`).includes(word));
    expect(shared).toEqual([]);

    await workbench.run('Embedding Cache: Search Workspace');
    await workbench.quickInputBox.fill(DESCRIPTION);
    const first = workbench.quickPickRows.first();
    await first.filter({ hasText: 'backoff' }).waitFor();
    await first.filter({ hasText: 'src/net/retry.ts' }).waitFor();
    await workbench.shot('search-hits');

    await workbench.page.keyboard.press('Enter');
    await workbench.tab('retry.ts').waitFor();
    await workbench.shot('search-opened');
  });

  it('opens a result at the best of its lines', async () => {
    await workbench.run('Embedding Cache: Search Workspace');
    await workbench.quickInputBox.fill('reduce price by percent');
    await workbench.quickPickRows.first().filter({ hasText: 'src/cart/total.ts' }).waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.tab('total.ts').waitFor();
    await workbench.cursorPosition.filter({ hasText: 'Ln 11, Col 3' }).waitFor();
  });

  it('says by a key why a result ranks where it does, and comes back to the results', async () => {
    await workbench.run('Embedding Cache: Search Workspace');
    await workbench.quickInputBox.fill(DESCRIPTION);
    const rows = workbench.quickPickRows;
    await rows.first().filter({ hasText: 'src/net/retry.ts' }).waitFor();
    await workbench.page.keyboard.press('Control+i');
    await rows.filter({ hasText: 'Both together' }).waitFor();
    await workbench.shot('explain-hit');
    await workbench.page.keyboard.press('Escape');
    await rows.first().filter({ hasText: 'src/net/retry.ts' }).waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.tab('retry.ts').waitFor();
  });

  it('embeds a selection, the second time from the cache, and the status bar counts it', async () => {
    const before = await entries(workbench);
    await workbench.openFile('src/cart/total.ts', 12);
    await workbench.page.keyboard.press('Shift+ArrowDown');
    const title = workbench.quickInput.locator('.quick-input-title');

    await workbench.run('Embedding Cache: Embed Selection');
    await title.filter({ hasText: /256 dims · miss · [\d.]+ ms/ }).waitFor();
    await workbench.shot('embed-selection');
    await workbench.page.keyboard.press('Escape');
    await expect.poll(() => entries(workbench)).toBe(before + 1);

    await workbench.run('Embedding Cache: Embed Selection');
    await title.filter({ hasText: /256 dims · hit · [\d.]+ ms/ }).waitFor();
    await workbench.quickPickRows.filter({ hasText: 'Copy Vector as JSON' }).click();
    const copied = () => workbench.page.evaluate(() => navigator.clipboard.readText());
    await expect.poll(copied).toMatch(/^\[.*\]$/s);
    expect(JSON.parse(await copied())).toHaveLength(256);
    expect(await entries(workbench)).toBe(before + 1);
  });

  it('shows code similar to the function at the cursor', async () => {
    await workbench.openFile('src/cart/total.ts', 12);
    await workbench.run('Embedding Cache: Find Similar Code');
    await workbench.quickPickRows.first().filter({ hasText: 'src/cart' }).waitFor();
    await workbench.shot('similar');
    await workbench.page.keyboard.press('Escape');
  });

  it('finds what was just saved', async () => {
    const query = 'how far apart two places on the globe are';
    await workbench.openFile('src/text/slug.ts', 1);
    await workbench.page.keyboard.press('Control+A');
    await workbench.page.keyboard.insertText(
      [
        '/** Great-circle distance in kilometres, by the haversine formula. */',
        'export function haversine(lat: number, lon: number, lat2: number, lon2: number): number {',
        '  const half = (x: number) => Math.sin((x * Math.PI) / 360) ** 2;',
        '  const a = half(lat2 - lat) + Math.cos(lat) * Math.cos(lat2) * half(lon2 - lon);',
        '  return 12742 * Math.asin(Math.sqrt(a));',
        '}',
      ].join('\n'),
    );
    await workbench.page.keyboard.press('Control+S');

    await workbench.run('Embedding Cache: Search Workspace');
    await workbench.quickInputBox.fill(query);
    await workbench.quickPickRows.first().filter({ hasText: 'haversine' }).waitFor();
    await workbench.shot('search-after-save');
    await workbench.page.keyboard.press('Escape');
  });

  it('opens the statistics by a click on the status bar', async () => {
    await workbench.status.click();
    await workbench.tab('Cache Statistics').waitFor();
    const page = workbench.webview;
    await page.getByRole('heading', { name: 'Cache Statistics' }).waitFor();
    await page.getByText('code-static').first().waitFor();
    await workbench.shot('statistics');
  });
});

/** Embeddings in the cache, as the status bar counts them: `98% · 41`. */
async function entries(workbench: Workbench): Promise<number> {
  const text = await workbench.status.innerText();
  const count = /(\d+)\s*$/.exec(text)?.[1];
  if (count === undefined) throw new Error(`no count of entries in “${text}”`);
  return Number(count);
}

function wordsOf(text: string): string[] {
  return text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
}
