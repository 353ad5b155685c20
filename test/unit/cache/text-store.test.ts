import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openTextStore } from '../../../server/src/core/cache/text-store.ts';
import type { Failure } from '../../../server/src/core/errors.ts';
import { textHashOf } from '../../../server/src/core/keys/text-hash.ts';
import { DAMAGES, scribbleOver } from '../../support/damage.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const short = Array.from({ length: 600 }, (_, i) => `text ${i}`);
// Longer than a page.
const texts = [...short, ...Array.from({ length: 20 }, (_, i) => `${i} grüße`.repeat(3000))];
const hashed = new Map(texts.map((text) => [textHashOf(text), text]));

async function filled() {
  const directory = tempDirectory();
  const file = path.join(directory, 'hashstring.db');
  const problems: Failure[] = [];
  const open = async () => {
    const store = await openTextStore(file, {
      storeText: true,
      onProblem: (problem) => problems.push(problem),
    });
    onTestFinished(() => store.close());
    return store;
  };
  const store = await openTextStore(file, { storeText: true });
  await store.putMany(hashed);
  await store.close();
  return { file, next: path.join(directory, 'hashstring.g2.db'), problems, open };
}

describe('a damaged file of texts', () => {
  it.each(DAMAGES)('%s: what is left is recovered, and told once', async (kind, damage) => {
    const { file, next, problems, open } = await filled();
    const damaged = damage(readFileSync(file), 8192);
    writeFileSync(file, damaged);

    const store = await open();
    const left = texts.length - (await store.missingOf(hashed)).size;
    if (kind !== 'everything') expect(left).toBeGreaterThan(100);
    if (kind === 'the header' || kind === 'the page of the schema') expect(left).toBe(texts.length);
    expect(problems).toMatchObject([{ kind: 'damagedCache', recovery: { recovered: left } }]);
    expect(problems[0]!.recovery!.total).toBeGreaterThanOrEqual(left);
    expect(problems[0]!.recovery!.total).toBeLessThanOrEqual(texts.length);
    expect(readFileSync(file).equals(damaged)).toBe(true);

    await store.putMany(hashed);
    const later = await open();
    expect((await later.missingOf(hashed)).size).toBe(0);
    for (const [hash, text] of hashed) expect(await later.get(hash)).toBe(text);
    expect(problems).toHaveLength(1);
    expect(existsSync(next)).toBe(true);
  });

  it.each(['get', 'putMany', 'missingOf', 'count'] as const)(
    'met by %s while it is open is left for the next file',
    async (call) => {
      const { file, next, problems, open } = await filled();
      const store = await open();
      scribbleOver(file, 8192);
      const calls = {
        get: async () => {
          expect(await store.get(textHashOf('text 500'))).toBe('text 500');
        },
        putMany: () => store.putMany(new Map([[textHashOf('new'), 'new']])),
        missingOf: async () => {
          expect((await store.missingOf(hashed)).size).toBeLessThan(400);
        },
        count: async () => {
          expect(await store.count()).toBeGreaterThan(200);
        },
      };
      await calls[call]();
      expect(problems.map(({ kind }) => kind)).toEqual(['damagedCache']);
      expect(existsSync(next)).toBe(true);
      await store.putMany(hashed);
      expect((await store.missingOf(hashed)).size).toBe(0);
    },
  );
});
