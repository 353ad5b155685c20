import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCache } from '../../server/src/core/cache/embedding-cache.ts';
import { textHashOf } from '../../server/src/core/keys/text-hash.ts';
import { expectedVector } from '../support/expected-vector.ts';
import { LanguageServer, settingsOf } from '../support/language-server.ts';
import { startOpenAiServer, type OpenAiServer } from '../support/openai-server.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const FUNCTIONS = 200;
let directory: string;
let folder: string;
let openAi: OpenAiServer;

beforeEach(async () => {
  directory = tempDirectory();
  folder = path.join(directory, 'repository');
  mkdirSync(folder);
  for (let i = 0; i < FUNCTIONS; i++) {
    const lines = Array.from({ length: 12 }, (_, k) => `  step(${i}, ${k});`).join('\n');
    writeFileSync(
      path.join(folder, `work-${i}.ts`),
      `export function work${i}(): void {\n${lines}\n}\n`,
    );
  }
  openAi = await startOpenAiServer({ dimensions: 32 });
});
afterEach(() => openAi.close());

const settings = () =>
  settingsOf({
    directory: path.join(directory, 'cache'),
    provider: {
      kind: 'openaiCompatible',
      model: 'test-model',
      dimensions: 32,
      baseUrl: openAi.baseUrl,
    },
  });

/** Texts whose vector is stored, each checked against the one right vector. */
async function storedTexts(texts: readonly string[]): Promise<Set<string>> {
  const cache = await openCache({ directory: path.join(directory, 'cache'), storeText: true });
  const [space] = await cache.spaces();
  const vectors = await (await cache.shard(space!)).getMany(texts.map(textHashOf));
  await cache.close();
  const stored = texts.filter((text) => vectors.has(textHashOf(text)));
  for (const text of stored) {
    expect([...vectors.get(textHashOf(text))!]).toEqual([
      ...expectedVector(text, 'test-model', 32),
    ]);
  }
  return new Set(stored);
}

/** Requests that an OpenAI-compatible endpoint gets at once. */
const LANES = 2;

describe('kill -9 of the server while it indexes', () => {
  it.each([1, 2, 3, 5])(
    'after %i answers loses only what was not answered, or in the last answer',
    async (answers) => {
      openAi.script(...Array<null>(answers).fill(null), { kind: 'hold' });
      const server = await LanguageServer.start({ settings: settings(), folders: [folder] });
      const indexing = server.request('embeddingCache/index', { folders: [] });
      indexing.catch(() => undefined);
      await openAi.waitForRequests(answers + 1);
      // The other lane's last answer may be on its way into the cache: it takes milliseconds.
      await new Promise((resolve) => setTimeout(resolve, 300));
      const paid = new Set(openAi.answered);
      await server.kill();

      expect(await storedTexts([...paid])).toEqual(paid);
      expect(paid.size).toBeGreaterThan(0);

      openAi.release();
      openAi.forget();
      const again = await LanguageServer.start({ settings: settings(), folders: [folder] });
      const report = await again.request('embeddingCache/index', { folders: [] });
      expect(await again.stop()).toBe(0);
      expect(openAi.asked.filter((text) => paid.has(text))).toEqual([]);
      expect(report.chunks.total).toBe(paid.size + new Set(openAi.asked).size);
    },
  );

  it('at any moment leaves no vector that is not the right one, and pays at most one answer a lane twice', async () => {
    const everPaid = new Map<string, number>();
    for (let round = 0; round < 6; round++) {
      openAi.forget();
      const server = await LanguageServer.start({ settings: settings(), folders: [folder] });
      const indexing = server.request('embeddingCache/index', { folders: [] });
      indexing.catch(() => undefined);
      // On a fast machine earlier rounds may have left nothing to ask for.
      await Promise.race([
        indexing,
        openAi
          .waitForRequests(1)
          .then(() => new Promise((resolve) => setTimeout(resolve, round * 7))),
      ]);
      await server.kill();
      for (const text of openAi.answered) everPaid.set(text, (everPaid.get(text) ?? 0) + 1);
      // In each lane all answers but the last were committed before the next request went out.
      const last = new Set(openAi.requests.slice(-LANES).flatMap(({ texts }) => texts));
      const earlier = openAi.answered.filter((text) => !last.has(text));
      expect((await storedTexts(earlier)).size).toBe(new Set(earlier).size);
      if (openAi.requests.length === 0) break;
    }
    const twice = [...everPaid.values()].filter((count) => count > 1).length;
    expect(twice).toBeLessThanOrEqual(6 * LANES * 32);
  });
});
