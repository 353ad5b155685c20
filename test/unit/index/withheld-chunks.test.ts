import path from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import {
  createSecretScanner,
  SECRET_CHECK,
  type SecretScanner,
} from '../../../server/src/core/chunks/secret-scanner.ts';
import { createSendGate } from '../../../server/src/core/embed/send-gate.ts';
import { FakeProvider } from '../../support/fake-provider.ts';
import { GitRepository } from '../../support/git-repository.ts';
import { IndexWorld } from '../../support/index-world.ts';
import { SECRET_SCAN_WORKER } from '../../support/provider-deps.ts';
import { SECRET_SAMPLES } from '../../support/secret-samples.ts';
import { openSoundSendLog } from '../../support/sound-send-log.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const TOKEN = SECRET_SAMPLES.find(({ rule }) => rule === 'github')!.line;
const deploy = (token: string) => `export function deploy() {\n  ${token}\n}\n`;

let directory: string;
let repository: GitRepository;
/** Texts that were checked. */
let checked: string[];

beforeEach(() => {
  directory = tempDirectory();
  repository = new GitRepository(path.join(directory, 'root'), {
    'a.ts': 'export function one() {\n  return 1;\n}\n',
    'deploy.ts': deploy(TOKEN),
  });
  checked = [];
});

/** A folder's index whose texts pass the real check; `secretCheck` null: none. */
async function open(
  secretCheck: string | null = SECRET_CHECK,
  scan: Partial<SecretScanner> = {},
): Promise<IndexWorld> {
  const provider = new FakeProvider();
  const real = createSecretScanner({ workerFile: SECRET_SCAN_WORKER });
  const log = await openSoundSendLog(path.join(directory, 'sent.db'));
  const scanner: SecretScanner = {
    scan: (texts, signal) => {
      checked.push(...texts);
      return real.scan(texts, signal);
    },
    close: () => real.close(),
    ...scan,
  };
  const world = await IndexWorld.open({
    cacheDir: path.join(directory, 'cache'),
    folder: repository.folder,
    provider,
    gate: createSendGate({
      provider,
      scanner: secretCheck === null ? null : scanner,
      monthlyUsd: null,
      sendLog: () => Promise.resolve(log),
    }),
    ...(secretCheck === null ? {} : { secretCheck }),
  });
  onTestFinished(async () => {
    await world.close();
    await real.close();
    await log.close();
  });
  return world;
}

it('a chunk that looks secret is checked once: the next run reads, checks and sends nothing', async () => {
  const first = await open();
  const { withheld } = await first.run();
  expect(withheld.looksSecret).toEqual([{ path: 'deploy.ts', startLine: 1, endLine: 3 }]);
  expect(first.provider.asked.join()).not.toContain('ghp_');
  expect(await first.index.isFinished()).toBe(true);
  checked.length = 0;
  // In another process, too.
  const next = await open();
  const again = await next.run();
  expect({ read: next.read, checked, asked: next.provider.asked }).toEqual({
    read: [],
    checked: [],
    asked: [],
  });
  // It is still said.
  expect(again.withheld).toEqual(withheld);
  expect(again.chunks).toEqual({ total: 2, hits: 1, misses: 0 });
  expect(await next.index.counts()).toMatchObject({ files: 2, chunks: 2, looksSecret: 1 });
  expect(await next.index.chunksAt('deploy.ts')).toMatchObject([{ looksSecret: true }]);
  expect(await next.index.chunksAt('a.ts')).toMatchObject([{ looksSecret: false }]);
});

it('a chunk that looks secret is not checked again where it moves, and is gone with its text', async () => {
  const world = await open();
  await world.run();
  checked.length = 0;
  repository.write({ 'deploy.ts': `\n\n${deploy(TOKEN)}` });
  const moved = await world.run();
  expect(moved.withheld.looksSecret).toEqual([{ path: 'deploy.ts', startLine: 3, endLine: 5 }]);
  expect(checked).toEqual([]);
  repository.write({ 'deploy.ts': deploy('return read(token);') });
  const mended = await world.run();
  expect(mended.withheld.looksSecret).toEqual([]);
  expect(mended.chunks).toEqual({ total: 2, hits: 1, misses: 1 });
});

it('another check looks again, and no check sends all', async () => {
  await (await open()).run();
  checked.length = 0;
  const renewed = await open(`${SECRET_CHECK}, renewed`);
  expect((await renewed.run()).withheld.looksSecret).toHaveLength(1);
  expect(checked.join()).toContain('ghp_');
  const without = await open(null);
  expect((await without.run()).withheld.looksSecret).toEqual([]);
  expect(without.provider.asked.join()).toContain('ghp_');
  // It has its vector now, whatever a check would say.
  const withVector = await open();
  expect((await withVector.run()).chunks).toEqual({ total: 2, hits: 2, misses: 0 });
  expect(await withVector.index.counts()).toMatchObject({ looksSecret: 0 });
  expect(withVector.read).toEqual([]);
});

it('a chunk that could not be checked in time is withheld, and tried again', async () => {
  const tooLate = await open(SECRET_CHECK, {
    scan: (texts) =>
      Promise.resolve(texts.map(() => [{ startLine: 1, endLine: 1, rule: 'unchecked' }])),
  });
  expect((await tooLate.run()).withheld.looksSecret).toHaveLength(2);
  expect(tooLate.provider.asked).toEqual([]);
  const next = await open();
  expect((await next.run()).withheld.looksSecret).toHaveLength(1);
  expect(next.provider.asked.join()).toContain('one');
});

it('a prediction says what is withheld, of files it reads and of files it does not', async () => {
  const world = await open();
  await world.run();
  repository.write({ 'b.ts': deploy(TOKEN.toUpperCase()), 'c.ts': deploy(TOKEN) });
  const { signal } = new AbortController();
  const { indexFolder } = await import('../../../server/src/core/index/indexer.ts');
  const predicted = await indexFolder(world.parts, { signal, dryRun: true });
  const done = await world.run();
  const places = (report: typeof done) => report.withheld.looksSecret.map((at) => at.path).sort();
  expect(places(predicted)).toEqual(places(done));
  expect(places(done)).toEqual(['c.ts', 'deploy.ts']);
});
