import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSecretScanner } from '../../../server/src/core/chunks/secret-scanner.ts';
import { createSendGate } from '../../../server/src/core/embed/send-gate.ts';
import type { SentFrom } from '../../../server/src/core/embed/sent-from.ts';
import { Failure, type FailureKind } from '../../../server/src/core/errors.ts';
import { FakeProvider, type FakeProviderOptions } from '../../support/fake-provider.ts';
import { SECRET_SCAN_WORKER } from '../../support/provider-deps.ts';
import { SECRET_SAMPLES } from '../../support/secret-samples.ts';
import { openSoundSendLog } from '../../support/sound-send-log.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const { signal } = new AbortController();
const files: SentFrom = {
  kind: 'files',
  folder: '/work/shop',
  pathOf: new Map([
    ['one', 'src/a.ts'],
    ['two', 'src/a.ts'],
    ['three', 'src/b.ts'],
  ]),
};

interface GateOptions extends FakeProviderOptions {
  readonly monthlyUsd?: number | null;
  readonly checks?: boolean;
}

/** A gate before OpenAI's cheapest model, whose price is known: a dollar is 50 million tokens. */
async function gateFor({ monthlyUsd = null, checks = true, ...options }: GateOptions = {}) {
  const fake = new FakeProvider(options);
  const provider = Object.assign(fake, {
    space: { ...fake.space, provider: 'openai', model: 'text-embedding-3-small' },
    countTokens: (text: string) => text.length * 1e6,
  });
  const log = await openSoundSendLog(path.join(tempDirectory(), 'sent.db'));
  const scanner = createSecretScanner({ workerFile: SECRET_SCAN_WORKER });
  onTestFinished(async () => {
    await scanner.close();
    await log.close();
  });
  const gate = createSendGate({
    provider,
    scanner: checks ? scanner : null,
    monthlyUsd,
    sendLog: () => Promise.resolve(log),
  });
  return { gate, log, provider };
}

describe('the gate before the network', () => {
  it('sends what looks harmless, and keeps back what looks secret, in order', async () => {
    const { gate, provider } = await gateFor();
    const secret = SECRET_SAMPLES[0]!.line;
    const { outcomes } = await gate.send(['one', secret, 'two'], files, signal);
    expect(provider.asked).toEqual(['one', 'two']);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['vector', 'withheld', 'vector']);
    expect(outcomes[1]).toEqual({ kind: 'withheld', reason: 'looksSecret' });
  });

  it('sends everything where the user wants no check', async () => {
    const { gate, provider } = await gateFor({ checks: false });
    const secret = SECRET_SAMPLES[0]!.line;
    await gate.send([secret], files, signal);
    expect(provider.asked).toEqual([secret]);
  });

  it('notes which files’ texts went where, with the tokens the provider counted', async () => {
    const { gate, log } = await gateFor();
    await gate.send(['one', 'two', 'three'], files, signal);
    expect(await log.entries(10)).toMatchObject([
      {
        host: 'fake.invalid',
        provider: 'openai',
        kind: 'files',
        texts: 3,
        tokens: 11,
        files: [
          { folder: '/work/shop', path: 'src/a.ts', texts: 2 },
          { folder: '/work/shop', path: 'src/b.ts', texts: 1 },
        ],
      },
    ]);
  });

  it('stops at the month’s limit: what comes after is withheld, not failed', async () => {
    const asked = Promise.withResolvers<undefined>();
    const answer = Promise.withResolvers<undefined>();
    const { gate, log, provider } = await gateFor({
      monthlyUsd: 0.05,
      onBatch: () => {
        asked.resolve(undefined);
        return answer.promise;
      },
    });
    const first = gate.send(['one'], files, signal);
    await asked.promise;
    // What is under way counts, by its estimate: no second request goes out beside it.
    const { outcomes } = await gate.send(['two'], files, signal);
    answer.resolve(undefined);
    await first;
    expect(outcomes).toEqual([{ kind: 'withheld', reason: 'overBudget' }]);
    expect(provider.asked).toEqual(['one']);
    expect(await log.spentUsd()).toBeLessThan(0.05);
  });

  it('keeps the last hundredth of the limit for queries', async () => {
    const { gate, log, provider } = await gateFor({ monthlyUsd: 1 });
    await log.begin(
      {
        host: 'h',
        provider: 'p',
        model: 'm',
        kind: 'texts',
        texts: 1,
        tokens: 1,
        costUsd: 0.991,
        files: [],
      },
      null,
    );
    const { outcomes } = await gate.send(['one'], files, signal);
    expect(outcomes[0]?.kind).toBe('withheld');
    await gate.send(['a question'], { kind: 'query' }, signal);
    expect(provider.asked).toEqual(['a question']);
  });

  it.each<[FailureKind, number, boolean]>([
    ['noApiKey', 0, false],
    ['consentNeeded', 0, false],
    ['apiKeyRefused', 0, true],
    ['rateLimited', 0, true],
    ['badAnswer', 0.06, true],
  ])('counts a sending that ended with %s as $%d', async (kind, usd, noted) => {
    const { gate, log } = await gateFor({
      onBatch: () => {
        throw new Failure(kind, 'no');
      },
    });
    await expect(gate.send(['one'], files, signal)).rejects.toMatchObject({ kind });
    expect(await log.spentUsd()).toBeCloseTo(usd);
    expect(await log.entries(10)).toHaveLength(noted ? 1 : 0);
  });
});
