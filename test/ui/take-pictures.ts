// Takes the README's pictures from the running product: `npm run screenshots`.
// Arguments: the folder to show, the cache directory, the folder the pictures go to.
import path from 'node:path';
import { openVSCode } from '../support/vscode.ts';

const [source, cacheDir, pictures] = process.argv.slice(2);
if (source === undefined || cacheDir === undefined || pictures === undefined) {
  throw new Error('three arguments are needed');
}

const vscode = await openVSCode({
  trust: true,
  source,
  cacheDir,
  name: 'embeddingcache',
  // Without its packages the code shown does not type-check.
  settings: { 'typescript.validate.enable': false, 'editor.minimap.enabled': false },
});
const { workbench } = vscode;
const picture = (name: string) =>
  workbench.page.screenshot({
    path: path.join(pictures, `${name}.png`),
    animations: 'disabled',
    caret: 'initial',
  });
try {
  await workbench.page.setViewportSize({ width: 1200, height: 720 });
  await workbench.run('Embedding Cache: Index Workspace');
  await workbench.status.filter({ hasText: /%/ }).waitFor();
  await workbench.status.locator('.codicon-database').waitFor();

  await workbench.run('Embedding Cache: Search Workspace');
  await workbench.quickInputBox.fill('how long to wait before asking again');
  await workbench.quickPickRows.nth(4).waitFor();
  await workbench.page.keyboard.press('ArrowDown');
  await workbench.page.keyboard.press('ArrowUp');
  await workbench.page.locator('.monaco-editor .view-line').first().waitFor();
  await picture('search');
  await workbench.page.keyboard.press('Enter');

  await workbench.run('Embedding Cache: Embed Selection');
  await workbench.quickPickRows.first().waitFor();
  await picture('embed-selection');
  await workbench.page.keyboard.press('Escape');

  await workbench.status.hover();
  await workbench.page.locator('.monaco-hover:visible').getByText('Embeddings').waitFor();
  await picture('status-bar');

  await workbench.status.click();
  await workbench.webview.getByRole('heading', { name: 'Cache Statistics' }).waitFor();
  await workbench.page.mouse.move(900, 640);
  await workbench.page.locator('.monaco-hover:visible').waitFor({ state: 'hidden' });
  await picture('statistics');
} finally {
  await vscode.close();
}
