import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type {
  BackupReport,
  ExportReport,
  GarbageReport,
  ImportReport,
  VerifyReport,
} from '../../server/protocol/maintain.ts';
import { answering } from './answering.ts';
import { never, testAccess } from './test-access.ts';

describe('looking after the cache', () => {
  let folder = '';
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'embeddingcache-host-'));
    const { api } = await testAccess();
    const texts = Array.from({ length: 300 }, (_, i) => `return price * ${i};`);
    await api.request('embeddingCache/embed', { texts }, never);
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('Verify Cache checks every embedding and finds all good', async () => {
    const seen: string[] = [];
    const restore = answering({ messages: (text) => void seen.push(text) });
    try {
      const report = await vscode.commands.executeCommand<VerifyReport>(
        'embeddingCache.verifyCache',
      );
      assert.ok(report.checked.embeddings >= 300);
      assert.deepEqual(report.found, { damagedRows: 0, damagedFiles: 0 });
      assert.match(seen.join(), /embeddings and .* texts checked\. All good\./);
    } finally {
      restore();
    }
  });

  it('Export Cache… and Import Cache… carry every embedding through a pack', async () => {
    const file = path.join(folder, 'embeddings.pack');
    const restore = answering({
      picks: [/Vectors and texts/, /Pack of embeddings/],
      saves: file,
      opens: file,
    });
    try {
      const exported = await vscode.commands.executeCommand<ExportReport>(
        'embeddingCache.exportCache',
      );
      assert.ok(exported.embeddings >= 300 && exported.texts >= 300);
      assert.ok(existsSync(file));
      const imported = await vscode.commands.executeCommand<ImportReport>(
        'embeddingCache.importCache',
      );
      assert.equal(imported.present, exported.embeddings);
      assert.equal(imported.complete, true);
    } finally {
      restore();
    }
  });

  it('Back Up Cache… makes a folder of its own in the one chosen', async () => {
    const restore = answering({ opens: folder });
    try {
      const report = await vscode.commands.executeCommand<BackupReport>(
        'embeddingCache.backUpCache',
      );
      assert.equal(path.dirname(report.directory), folder);
      assert.ok(readdirSync(report.directory).includes('hashstring.db'));
      assert.deepEqual(report.damaged, []);
    } finally {
      restore();
    }
  });

  it('Clean Up Cache… removes nothing when the question is not agreed to', async () => {
    const { stats } = await testAccess();
    const questions: string[] = [];
    const restore = answering({
      picks: [/code-static/],
      messages: (text) => void questions.push(text),
    });
    try {
      const report = await vscode.commands.executeCommand<GarbageReport | null>(
        'embeddingCache.cleanUpCache',
      );
      assert.equal(report, null);
      assert.match(questions.join(), /Remove [\d,]+ of [\d,]+ embeddings\?/);
    } finally {
      restore();
    }
    const { spaces } = await stats.refresh(never);
    assert.ok(spaces.some(({ embeddings }) => embeddings >= 300));
  });

  it('Delete All Cached Data… deletes all of it when told to, and only then', async () => {
    const { stats, api } = await testAccess();
    let restore = answering({});
    try {
      assert.equal(await vscode.commands.executeCommand('embeddingCache.deleteAll'), null);
    } finally {
      restore();
    }
    assert.ok((await stats.refresh(never)).texts >= 300);

    const questions: string[] = [];
    restore = answering({
      messages: (text, buttons) => {
        questions.push(text);
        return buttons.find((button) => button === 'Delete');
      },
    });
    try {
      await vscode.commands.executeCommand('embeddingCache.deleteAll');
    } finally {
      restore();
    }
    assert.match(questions.join(), /Delete [\d,]+ embeddings\?/);
    const { texts, spaces, workspace } = await stats.refresh(never);
    assert.equal(texts, 0);
    assert.ok(spaces.every(({ embeddings }) => embeddings === 0));
    assert.equal(workspace.kind, 'notIndexed');
    const { outcomes } = await api.request(
      'embeddingCache/embed',
      { texts: ['return price * 7;'] },
      never,
    );
    assert.equal(outcomes[0]?.kind, 'miss');
  });
});
