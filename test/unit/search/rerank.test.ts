import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { chunkByLines } from '../../../server/src/core/chunks/line-chunker.ts';
import { createSecretScanner } from '../../../server/src/core/chunks/secret-scanner.ts';
import type { Failure } from '../../../server/src/core/errors.ts';
import { rerankerNamed } from '../../../server/src/core/providers/rerank/reranker-table.ts';
import { createRerankGate } from '../../../server/src/core/search/rerank/rerank-gate.ts';
import { MOST_RERANKED } from '../../../server/src/core/search/rerank/rerank-hits.ts';
import { createRetriever } from '../../../server/src/core/search/retriever.ts';
import type { SearchOptions } from '../../../server/src/core/search/search-hit.ts';
import { listPrice } from '../../../server/src/core/usage/prices.ts';
import { rerankerUseOf } from '../../../server/src/core/usage/reranker-use.ts';
import type { Usage } from '../../../server/src/core/usage/usage.ts';
import { MemoryIndex } from '../../support/memory-index.ts';
import { providerDeps, SECRET_SCAN_WORKER } from '../../support/provider-deps.ts';
import { startProviderServer, type Script } from '../../support/provider-server.ts';
import { RERANKERS_UNDER_TEST } from '../../support/reranker-wires.ts';
import { SECRET_SAMPLES } from '../../support/secret-samples.ts';
import { openSoundSendLog } from '../../support/sound-send-log.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const QUERY = 'mail to send';
/** The reranker counts how much of a text the query is: it puts the test before the long one. */
const FILES = {
  'src/long.ts': 'send mail send mail and much else that makes this text a long one about mail\n',
  'src/short.ts': 'mail send\n',
  'test/mail.test.ts': 'it sends nothing but mail to whom it may send mail\n',
};
type Files = Readonly<Record<string, string>>;

interface WorldOptions {
  readonly files?: Files;
  readonly script?: Script;
  readonly monthlyUsd?: number | null;
  readonly checks?: boolean;
  readonly longestMs?: number;
}

/** A search over files by their words, and a real server of Cohere's format to rerank it. */
async function worldOf({ files = FILES, script, monthlyUsd = null, ...more }: WorldOptions = {}) {
  const { kind, wire } = RERANKERS_UNDER_TEST[0]!;
  const server = await startProviderServer(wire);
  if (script) server.otherwise(script);
  const log = await openSoundSendLog(path.join(tempDirectory(), 'sent.db'));
  const scanner = createSecretScanner({ workerFile: SECRET_SCAN_WORKER });
  onTestFinished(async () => {
    await server.close();
    await scanner.close();
    await log.close();
  });
  const used: [string, Usage][] = [];
  const config = { kind, model: '', baseUrl: server.baseUrl };
  const rerankGate = createRerankGate({
    reranker: rerankerNamed(kind)!.open(config, providerDeps({ apiKeyOf: () => 'key' })),
    scanner: more.checks === false ? null : scanner,
    monthlyUsd,
    priceOf: listPrice,
    sendLog: () => Promise.resolve(log),
    ledger: { record: (space, usage) => used.push([space, usage]) },
    ...(more.longestMs === undefined ? {} : { longestMs: more.longestMs }),
  });
  const index = new MemoryIndex('/w');
  for (const [file, text] of Object.entries(files)) {
    for (const chunk of chunkByLines(text)) index.add(file, chunk, new Float32Array(1));
  }
  const deps = {
    reader: async () => index,
    embedQuery: async () => null,
    embedDocument: async () => null,
    changedSince: async () => new Set<string>(),
  };
  const failures: Failure[] = [];
  const options = (changes: Partial<SearchOptions>): SearchOptions => ({
    ...{ limit: 10, mode: 'text', signal: new AbortController().signal },
    onNotReranked: (why) => failures.push(why),
    ...changes,
  });
  const search = (query = QUERY, changes: Partial<SearchOptions> = {}) =>
    createRetriever({ ...deps, rerankGate }).search(['/w'], query, options(changes));
  const plain = (query = QUERY, changes: Partial<SearchOptions> = {}) =>
    createRetriever(deps).search(['/w'], query, options(changes));
  return { server, log, used, failures, search, plain };
}

const pathsOf = (hits: readonly { readonly path: string }[]) => hits.map(({ path: file }) => file);

describe('reranked hits', () => {
  it('stand in the order of the reranker, and say what it did', async () => {
    const { search, plain, failures } = await worldOf();
    const before = await plain();
    const after = await search();
    expect(pathsOf(before)).toEqual(['src/short.ts', 'src/long.ts', 'test/mail.test.ts']);
    expect(pathsOf(after)).toEqual(['src/short.ts', 'test/mail.test.ts', 'src/long.ts']);
    expect(failures).toEqual([]);
    const [first, second] = after.map(({ why }) => why);
    expect(first).toMatchObject({ relevance: 1, steps: before[0]!.why.steps });
    const { signal, change } = second!.steps.at(-1)!;
    expect(signal).toBe('reranker');
    expect(change).toBeCloseTo(before[1]!.score - before[2]!.score);
    // Scores stay with the places.
    expect(after.map(({ score }) => score)).toEqual(before.map(({ score }) => score));
  });

  it('are all that is sent: filters come before, and beyond the best fifty nothing goes', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 80 }, (_, i) => [`src/${i}.ts`, `send mail ${'x '.repeat(i)}\n`]),
    );
    const { search, plain, server } = await worldOf({ files: { ...many, ...FILES } });
    const hits = await search(QUERY, { path: 'src/**', limit: 60 });
    expect(hits).toHaveLength(60);
    expect(server.requests).toHaveLength(1);
    expect(server.asked).toHaveLength(MOST_RERANKED);
    expect(server.asked).not.toContain(FILES['test/mail.test.ts'].trimEnd());
    const rest = (await plain(QUERY, { path: 'src/**', limit: 60 })).slice(MOST_RERANKED);
    expect(pathsOf(hits.slice(MOST_RERANKED))).toEqual(pathsOf(rest));
    expect(hits.slice(MOST_RERANKED).every(({ why }) => why.relevance === null)).toBe(true);
  });

  it('come from the best fifty, however few are shown', async () => {
    const { search } = await worldOf();
    const hits = await search(QUERY, { limit: 2 });
    expect(pathsOf(hits)).toEqual(['src/short.ts', 'test/mail.test.ts']);
  });

  it('stay behind those that hold the exact text', async () => {
    const { search, plain } = await worldOf();
    const query = '"send mail"';
    expect(pathsOf(await plain(query)).slice(0, 2)).toEqual(['src/long.ts', 'test/mail.test.ts']);
    expect(pathsOf(await search(query)).at(-1)).toBe('src/short.ts');
  });
});

describe('what is sent to a reranker', () => {
  it('is never a chunk that looks secret, nor one of a file whose name means secrets', async () => {
    const secret = SECRET_SAMPLES[0]!.line;
    const files = { ...FILES, 'src/key.ts': `send mail ${secret}\n`, '.env': 'SEND=mail send\n' };
    const { search, plain, server, failures } = await worldOf({ files });
    const before = pathsOf(await plain());
    const after = pathsOf(await search());
    expect(failures).toEqual([]);
    expect(server.asked.toSorted()).toEqual(
      Object.values(FILES)
        .map((text) => text.trimEnd())
        .toSorted(),
    );
    // They keep their places.
    for (const file of ['src/key.ts', '.env']) {
      expect(after.indexOf(file)).toBe(before.indexOf(file));
    }
  });

  it('is nothing at all for a query that looks secret', async () => {
    const { search, server, failures } = await worldOf();
    const hits = await search(`${QUERY} ${SECRET_SAMPLES[0]!.line}`);
    expect(hits).toHaveLength(3);
    expect(server.requests).toEqual([]);
    expect(failures).toMatchObject([{ kind: 'looksSecret' }]);
  });

  it('is everything where the user wants no check', async () => {
    const files = { ...FILES, 'src/key.ts': `send mail ${SECRET_SAMPLES[0]!.line}\n` };
    const { search, server } = await worldOf({ files, checks: false });
    await search();
    expect(server.asked).toHaveLength(4);
  });

  it('is noted with its files and its price, and counted', async () => {
    const { search, log, used } = await worldOf();
    await search();
    const [entry] = await log.entries(1);
    expect(entry).toMatchObject({
      provider: 'cohere',
      model: 'rerank-v3.5',
      kind: 'rerank',
      texts: 3,
    });
    expect(entry!.costUsd).toBeCloseTo(0.002);
    expect(pathsOf(entry!.files).toSorted()).toEqual(Object.keys(FILES).toSorted());
    expect(await log.spentUsd()).toBeCloseTo(0.002);
    const [[space, usage] = []] = used;
    expect(space).toBe(rerankerUseOf('cohere', 'rerank-v3.5'));
    expect(usage).toMatchObject({ hits: 0, misses: 0, requests: 1, costUsd: 0.002 });
  });

  it('is nothing when this month’s limit is spent', async () => {
    const { search, server, failures } = await worldOf({ monthlyUsd: 0.003 });
    await search();
    await search();
    expect(failures).toEqual([]);
    const hits = await search();
    expect(pathsOf(hits)).toEqual(['src/short.ts', 'src/long.ts', 'test/mail.test.ts']);
    expect(failures).toMatchObject([{ kind: 'overBudget', limitUsd: 0.003 }]);
    expect(server.requests).toHaveLength(2);
  });
});

describe('a reranker that fails', () => {
  it.each<[string, Script, number | undefined]>([
    ['unreachable', { kind: 'status', status: 500 }, undefined],
    ['apiKeyRefused', { kind: 'status', status: 401 }, undefined],
    ['badAnswer', { kind: 'raw', body: '{}' }, undefined],
    ['unreachable', { kind: 'hold' }, 50],
  ])('(%s) leaves the hits in our own order, and says so', async (kind, script, longestMs) => {
    const { search, plain, failures, log } = await worldOf({
      script,
      ...(longestMs === undefined ? {} : { longestMs }),
    });
    expect(await search()).toEqual(await plain());
    expect(failures).toMatchObject([{ kind }]);
    // What may have been billed stays counted; what was not done is not.
    expect((await log.spentUsd()) > 0).toBe(kind === 'badAnswer' || script.kind === 'hold');
  });

  it('is given up with the search that wanted it', async () => {
    const { search, server, failures } = await worldOf({ script: { kind: 'hold' } });
    const aborting = new AbortController();
    const searching = search(QUERY, { signal: aborting.signal });
    const stopped = expect(searching).rejects.toHaveProperty('name', 'AbortError');
    await server.waitForRequests(1);
    aborting.abort();
    await stopped;
    expect(failures).toEqual([]);
  });
});
