import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import {
  openLimitMemory,
  stillHolding,
  withLesson,
} from '../../../server/src/core/providers/remote/limit-memory.ts';
import { InstantClock } from '../../support/provider-deps.ts';
import { startProviderServer } from '../../support/provider-server.ts';
import { openOn, REMOTE_KINDS } from '../../support/remote-kinds.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const { signal } = new AbortController();
const compatible = REMOTE_KINDS.find(({ kind }) => kind === 'openaiCompatible')!;

it('what was learned about limits holds for a week, the name of a model for good', () => {
  const learned = withLesson({ answersAs: 'model-1' }, { maxItems: 10 }, 100 * DAY_MS);
  expect(stillHolding(learned, 106 * DAY_MS)).toMatchObject({ answersAs: 'model-1', maxItems: 10 });
  expect(stillHolding(learned, 107 * DAY_MS)).toEqual({ answersAs: 'model-1' });
  // A clock that was set back far does not keep it for ever.
  expect(stillHolding(learned, DAY_MS)).toEqual({ answersAs: 'model-1' });
});

it('of two limits the smaller is kept, and a new one does not revive an old one', () => {
  const first = withLesson({}, { maxItems: 10 }, 0);
  expect(withLesson(first, { maxItems: 32 }, 1)).toMatchObject({ maxItems: 10, limitsAtMs: 1 });
  expect(withLesson(first, { maxBytes: 5000 }, 8 * DAY_MS)).toEqual({
    maxBytes: 5000,
    limitsAtMs: 8 * DAY_MS,
  });
});

it('is kept from process to process, and a file that is none counts as empty', async () => {
  const file = path.join(tempDirectory(), 'limits.json');
  const memory = openLimitMemory(file);
  await memory.learn('a', { maxItems: 10 }, 5);
  await memory.learn('a', { answersAs: 'm' }, 6);
  await memory.learn('b', { maxTokens: 7 }, 7);
  const expected = { answersAs: 'm', maxItems: 10, limitsAtMs: 5 };
  expect(await openLimitMemory(file).of('a')).toEqual(expected);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ a: expected });
  writeFileSync(file, '{"a": {"maxItems": -1}}');
  expect(await openLimitMemory(file).of('a')).toEqual({});
});

it('a limit that was raised meanwhile is used again, in a process that never ended', async () => {
  let most = 10;
  const server = await startProviderServer(compatible.wire, {
    limit: ({ texts }) =>
      texts.length > most ? { status: 413, message: 'Payload Too Large' } : null,
  });
  try {
    const clock = new InstantClock();
    const { document } = await openOn(server, compatible, { timing: { clock } });
    const texts = Array.from({ length: 32 }, (_, i) => `${i} `.padEnd(400, 'x'));
    const published = document.limits;
    const embedAll = async () => {
      const { outcomes } = await document.embed(texts, signal);
      expect(outcomes.every(({ kind }) => kind === 'vector')).toBe(true);
    };
    await embedAll();
    expect(document.limits.maxBytes).toBeLessThan(400 * 11);
    most = 32;
    server.forget();
    await embedAll();
    expect(server.requests.length).toBeGreaterThan(3);
    clock.nowMs += 8 * DAY_MS;
    server.forget();
    await embedAll();
    expect(server.requests).toHaveLength(1);
    expect(document.limits).toEqual(published);
    // Where it still is as it was, one refused request a week is the price.
    most = 10;
    server.forget();
    await embedAll();
    expect(document.limits.maxBytes).toBeLessThan(400 * 11);
  } finally {
    await server.close();
  }
});
