import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CancellationTokenSource, ProgressType } from 'vscode-languageserver/node';
import type {
  GarbageReport,
  MaintainParams,
  MaintenanceProgress,
} from '../../server/protocol/maintain.ts';
import { spaceIdOf } from '../../server/src/core/keys/space.ts';
import { spaceNamed } from '../support/fake-provider.ts';
import { fillCache, numbered, textsIn } from '../support/filled-cache.ts';
import { LanguageServer, settingsOf } from '../support/language-server.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const space = spaceNamed('test-model', 4);
const texts = numbered(30_000);
let directory: string;
let server: LanguageServer;

beforeEach(async () => {
  directory = path.join(tempDirectory(), 'cache');
  await fillCache(directory, space, texts);
  server = await LanguageServer.start({ settings: settingsOf({ directory }), folders: [] });
});
afterEach(() => server.stop());

describe('embeddingCache/maintain', () => {
  it('removes what is asked for, tells how far it is, and answers others meanwhile', async () => {
    const steps: MaintenanceProgress[] = [];
    const token = 'a run';
    server.connection.onProgress(new ProgressType<MaintenanceProgress>(), token, (step) => {
      steps.push(step);
    });
    const rules = { everything: true, spaceIds: [spaceIdOf(space)] };
    const done = new AbortController();
    const cleaning = server
      .request('embeddingCache/maintain', {
        action: 'collectGarbage',
        progressToken: token,
        dryRun: false,
        ...rules,
      })
      .finally(() => {
        done.abort();
      });
    const waits: number[] = [];
    while (!done.signal.aborted) {
      const sentAt = performance.now();
      await server.request('embeddingCache/stats', null);
      waits.push(performance.now() - sentAt);
    }
    const report = (await cleaning) as GarbageReport;
    expect(report.embeddings).toEqual({ total: texts.length, removed: texts.length });
    expect(waits.length).toBeGreaterThan(3);
    expect(waits.sort((a, b) => a - b)[Math.floor(waits.length / 2)]).toBeLessThan(500);
    expect(steps.length).toBeGreaterThan(1);
    expect(steps.every(({ done, total }) => done <= total)).toBe(true);
    const stats = await server.request('embeddingCache/stats', null);
    expect(stats.spaces.map(({ embeddings }) => embeddings)).toEqual([0]);
    await server.statsThat(({ texts: left }) => left === 0);
  });

  it('ends when it is cancelled, with no more done than was asked for', async () => {
    const source = new CancellationTokenSource();
    const young = numbered(3000, 50_000);
    await fillCache(directory, spaceNamed('another', 4), young);
    const params: MaintainParams = {
      action: 'collectGarbage',
      dryRun: false,
      everything: true,
      spaceIds: [spaceIdOf(space)],
    };
    const cleaning = server.connection.sendRequest('embeddingCache/maintain', params, source.token);
    cleaning.catch(() => undefined);
    setTimeout(() => {
      source.cancel();
    }, 60);
    await expect(cleaning).rejects.toMatchObject({ code: -32_800 });
    expect((await textsIn(directory, spaceNamed('another', 4), young)).size).toBe(young.length);
  });

  it('exports, imports and backs up by absolute paths, and by no others', async () => {
    const file = path.join(path.dirname(directory), 'a.pack');
    const maintain = (params: MaintainParams) => server.request('embeddingCache/maintain', params);
    const exported = await maintain({ action: 'export', file, withText: false });
    expect(exported).toMatchObject({ embeddings: texts.length, texts: 0 });
    const imported = await maintain({ action: 'import', from: file });
    expect(imported).toMatchObject({ added: 0, present: texts.length, complete: true });
    const to = path.join(path.dirname(directory), 'copy');
    expect(await maintain({ action: 'backUp', to })).toMatchObject({ directory: to, damaged: [] });
    expect(existsSync(path.join(to, 'hashstring.db'))).toBe(true);
    expect(await maintain({ action: 'verify', repair: false })).toMatchObject({
      checked: { embeddings: texts.length, texts: texts.length },
      found: { damagedRows: 0, damagedFiles: 0 },
    });
    await expect(maintain({ action: 'backUp', to: 'copy' })).rejects.toThrow(/absolute/);
    await expect(maintain({ action: 'import', from: directory })).rejects.toMatchObject({
      data: { kind: 'badFile' },
    });
  });
});
