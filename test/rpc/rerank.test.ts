import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServerSettings } from '../../server/protocol/settings.ts';
import { CANARY, filesHolding, holdsCanary } from '../support/canary.ts';
import { copyFixtureWorkspace } from '../support/fixture-workspace.ts';
import { LanguageServer, settingsOf } from '../support/language-server.ts';
import { startProviderServer, type ProviderServer } from '../support/provider-server.ts';
import { relevanceOf, RERANKERS_UNDER_TEST } from '../support/reranker-wires.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { runCli, runJson } from './cli-process.ts';

const query = 'where is a failed request tried again';
const { wire } = RERANKERS_UNDER_TEST[0]!;
let directory: string;
let folder: string;
let reranker: ProviderServer;

beforeEach(async () => {
  directory = tempDirectory();
  folder = copyFixtureWorkspace(path.join(directory, 'repository'));
  reranker = await startProviderServer(wire, { apiKey: CANARY });
});
afterEach(() => reranker.close());

/** Best first, as the reranker judges. */
function isInItsOrder(hits: readonly { readonly text: string }[]): boolean {
  const relevance = hits.map(({ text }) => relevanceOf(query, text));
  return relevance.every((each, i) => i === 0 || each <= relevance[i - 1]!);
}

describe('a search that is reranked, in the server', () => {
  let server: LanguageServer;

  async function start(changes: Partial<ServerSettings> = {}): Promise<void> {
    const settings = settingsOf({
      directory: path.join(directory, 'cache'),
      reranker: { kind: 'cohere', baseUrl: reranker.baseUrl },
      ...changes,
    });
    server = await LanguageServer.start({ settings, folders: [folder] });
    await server.request('embeddingCache/index', { folders: [] });
  }
  const search = () => server.request('embeddingCache/search', { query, limit: 20 });
  afterEach(() => server.kill());

  it('comes in the reranker’s order; the key stands in no file and no message', async () => {
    await start();
    const without = await search();
    expect(without.notReranked).toEqual({
      kind: 'noApiKey',
      provider: 'cohere',
      host: new URL(reranker.origin).host,
    });
    expect(isInItsOrder(without.hits)).toBe(false);
    expect(reranker.requests).toEqual([]);

    server.sendApiKey({ provider: 'cohere', origin: reranker.origin, key: CANARY });
    const { hits, notReranked } = await search();
    expect(notReranked).toBeNull();
    expect(isInItsOrder(hits)).toBe(true);
    expect(hits.every(({ why }) => why.relevance !== null)).toBe(true);
    expect(reranker.asked).toHaveLength(hits.length);
    const [sent] = await server.request('embeddingCache/sent', { limit: 1 });
    expect(sent).toMatchObject({ kind: 'rerank', model: 'rerank-v3.5', texts: hits.length });
    expect(filesHolding(directory, CANARY)).toEqual([]);
    expect(holdsCanary(Buffer.concat(server.output))).toBe(false);
  });

  it('sends nothing from a folder that is not trusted', async () => {
    await start({ trusted: false });
    server.sendApiKey({ provider: 'cohere', origin: reranker.origin, key: CANARY });
    const { hits, notReranked } = await search();
    expect(hits.length).toBeGreaterThan(1);
    expect(notReranked).toBeNull();
    expect(reranker.requests).toEqual([]);
  });

  it('sends nothing to an origin the user has not allowed, and shows the hits', async () => {
    await start({ reranker: { kind: 'cohere' } });
    server.sendApiKey({ provider: 'cohere', origin: 'https://api.cohere.com', key: CANARY });
    const { hits, notReranked } = await search();
    expect(hits.length).toBeGreaterThan(1);
    expect(notReranked).toMatchObject({ kind: 'consentNeeded', host: 'api.cohere.com' });
  });
});

describe('a search that is reranked, by the command line', () => {
  const here = (env: Readonly<Record<string, string>> = {}) => ({
    cwd: directory,
    env: { EMBEDDINGCACHE_DIR: path.join(directory, 'cache'), ...env },
  });
  const withKey = () => here({ CO_API_KEY: CANARY });
  const args = () => {
    const named = ['--reranker', 'cohere', '--reranker-url', reranker.baseUrl];
    return ['search', query, '--folder', folder, '--limit', '20', ...named];
  };
  beforeEach(() => runCli(['index', folder], here()));

  it('comes in the reranker’s order, and says why', async () => {
    const hits = await runJson<{ text: string; why: { relevance: number } }[]>(
      [...args(), '--explain'],
      withKey(),
    );
    expect(isInItsOrder(hits)).toBe(true);
    expect(hits[0]!.why.relevance).toBeCloseTo(relevanceOf(query, hits[0]!.text));
    const text = await runCli([...args(), '--explain'], withKey());
    expect(text.stdout.toString()).toMatch(/reranker 0\.\d{3}: /);
    const sent = await runCli(['stats', '--sent'], here());
    expect(sent.stdout.toString()).toMatch(/rerank-v3\.5 {2}\d+ hits to rerank/);
    const days = await runCli(['stats', '--by-day'], here());
    expect(days.stdout.toString()).toContain('cohere rerank-v3.5');
    expect(filesHolding(directory, CANARY)).toEqual([]);
  });

  it('shows the hits in our own order without a key, and says what is missing', async () => {
    const { exitCode, stdout, stderr } = await runCli([...args(), '--json'], here());
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout.toString())).not.toEqual([]);
    expect(stderr).toBe('The hits are not reranked. Cohere needs an API key. Set CO_API_KEY.\n');
    expect(reranker.requests).toEqual([]);
  });

  it('keeps to the month’s limit with the built-in model, too', async () => {
    const { stderr } = await runCli([...args(), '--monthly-limit', '0'], withKey());
    expect(stderr).toContain('The limit for this month is reached. Raise it with --monthly-limit.');
    expect(reranker.requests).toEqual([]);
  });

  it('is wrong usage when an address is given without a reranker, or one that is none', async () => {
    const url = ['--reranker-url', reranker.baseUrl];
    const alone = await runCli(['search', query, ...url], here());
    expect([alone.exitCode, alone.stderr]).toEqual([2, expect.stringContaining('--reranker')]);
    const plain = ['--reranker', 'cohere', '--reranker-url', 'http://example.com'];
    expect((await runCli(['search', query, ...plain], here())).exitCode).toBe(2);
  });
});
