import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import * as vscode from 'vscode';
import { setUserSetting, testAccess } from './test-access.ts';

const KEY = 'sk-host-canary-51c2e0a7';
const owner = { provider: 'openai', origin: 'https://api.openai.com' };

/** So long a command keeps the next one waiting. What it answers later is heard all the same. */
const patienceMs = 1500;
/** No more answers come when none has come for so long: the rest wait for a user. */
const silenceMs = 5000;

/** Commands that end the run of the tests, or their server, and answer with nothing. */
const left = ['embeddingCache.restartServer'];

describe('API keys', () => {
  it('come back from no command, and from no other extension’s asking', async () => {
    const { keys, model } = await testAccess();
    const extension = vscode.extensions.getExtension('embeddingcache.embeddingcache');
    const { commands } = (extension?.packageJSON as { contributes: Contributes }).contributes;
    await keys.store(owner, KEY);
    try {
      const answers: unknown[] = [];
      for (const { command } of commands.filter((each) => !left.includes(each.command))) {
        const answered = answerOf(command).then((answer) => answers.push(answer));
        await Promise.race([answered, wait(patienceMs)]);
        await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
      }
      for (let heard = -1; heard !== answers.length;) {
        heard = answers.length;
        await wait(silenceMs);
      }
      assert.ok(answers.length > 15);
      assert.equal(JSON.stringify(answers).includes(KEY), false);
      assert.equal(await keys.get(owner), KEY);
    } finally {
      await keys.remove(owner);
      // One of the commands chose a model for this workspace.
      await model.choose(null);
    }
  });

  it('go to the address they were stored for, and to no other', async () => {
    const { keys, sync, consent } = await testAccess();
    const elsewhere = 'https://proxy.example.com';
    await keys.store(owner, KEY);
    try {
      await setUserSetting('provider', 'openai');
      await consent.give(owner.origin);
      await consent.give(elsewhere);
      assert.deepEqual(await sync.keysForStart(), [{ type: 'apiKey', ...owner, key: KEY }]);
      await setUserSetting('openai.baseUrl', `${elsewhere}/v1`);
      assert.deepEqual(await sync.keysForStart(), [
        { type: 'apiKey', provider: 'openai', origin: elsewhere, key: null },
      ]);
    } finally {
      await setUserSetting('openai.baseUrl', undefined);
      await setUserSetting('provider', undefined);
      await consent.withdraw(owner.origin);
      await consent.withdraw(elsewhere);
      await keys.remove(owner);
    }
  });
});

interface Contributes {
  readonly commands: readonly { readonly command: string }[];
}

/** What a command gives back, or why it gave nothing. */
async function answerOf(command: string): Promise<unknown> {
  try {
    return (await vscode.commands.executeCommand(command)) ?? null;
  } catch (error) {
    return String(error);
  }
}
