import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProviderDeps } from '../../../server/src/core/providers/create-provider.ts';
import { startOpenAiServer, type OpenAiServer, type Script } from '../../support/openai-server.ts';
import { openRemote } from '../../support/remote-provider.ts';

const { signal } = new AbortController();
const CANARY = 'sk-CANARY0123456789';
const SECRET_TEXT = 'TEXT-CANARY of the workspace';

describe('the openai provider’s privacy', () => {
  let server: OpenAiServer;
  beforeEach(async () => {
    server = await startOpenAiServer();
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await server.close();
  });

  it('sends the key in its header and nowhere else, bound to kind and origin', async () => {
    const lookups: string[] = [];
    const apiKeyOf = (provider: string, origin: string) => {
      lookups.push(`${provider} ${origin}`);
      return CANARY;
    };
    const provider = await openRemote(server.baseUrl, { deps: { apiKeyOf } });
    expect(lookups).toEqual([]);
    await provider.embed(['text'], signal);
    expect(lookups).toEqual([`openai ${server.origin}`]);
    const { headers, ...rest } = server.requests[0]!;
    const { authorization, ...others } = headers;
    expect(authorization).toBe(`Bearer ${CANARY}`);
    expect(JSON.stringify([others, rest])).not.toContain(CANARY);
  });

  it('asks for the key before each request, so a new one works at once', async () => {
    let key: string | null = null;
    const provider = await openRemote(server.baseUrl, { deps: { apiKeyOf: () => key } });
    await expect(provider.embed(['text'], signal)).rejects.toMatchObject({
      kind: 'noApiKey',
      message: `${provider.host} needs an API key.`,
    });
    expect(server.requests).toEqual([]);
    key = 'sk-new';
    await provider.embed(['text'], signal);
    expect(server.requests[0]?.headers.authorization).toBe('Bearer sk-new');
  });

  it('needs no key for a compatible endpoint, and says so when that one wants it', async () => {
    const options = {
      config: { kind: 'openaiCompatible', model: 'nomic' },
      deps: { apiKeyOf: () => null },
    } as const;
    const provider = await openRemote(server.baseUrl, options);
    await provider.embed(['text'], signal);
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
    server.script({ kind: 'status', status: 401 });
    await expect(provider.embed(['text'], signal)).rejects.toMatchObject({ kind: 'noApiKey' });
  });

  it('takes nothing from OpenAI’s environment variables and sends no facts of the machine', async () => {
    vi.stubEnv('OPENAI_API_KEY', CANARY);
    vi.stubEnv('OPENAI_ADMIN_KEY', CANARY);
    vi.stubEnv('OPENAI_ORG_ID', CANARY);
    vi.stubEnv('OPENAI_PROJECT_ID', CANARY);
    vi.stubEnv('OPENAI_CUSTOM_HEADERS', `X-Secret: ${CANARY}\nAuthorization: Bearer ${CANARY}`);
    vi.stubEnv('OPENAI_BASE_URL', 'https://evil.example.com');
    const options = { config: { kind: 'openaiCompatible', model: 'nomic' } } as const;
    for (const apiKeyOf of [() => null, () => 'sk-test']) {
      const provider = await openRemote(server.baseUrl, { ...options, deps: { apiKeyOf } });
      await provider.embed(['text'], signal);
    }
    expect(inspect(server.requests, { depth: null })).not.toContain(CANARY);
    const names = server.requests.flatMap(({ headers }) => Object.keys(headers));
    expect(names.filter((name) => /^(x-|openai-)/.test(name))).toEqual([]);
  });

  it('contacts nobody without consent, and asks for consent before each request', async () => {
    let calls = 0;
    const origins: string[] = [];
    let agreed = false;
    const deps: Partial<ProviderDeps> = {
      fetch: () => {
        calls++;
        return Promise.resolve(new Response('', { status: 404 }));
      },
      mayContact: (origin) => {
        origins.push(origin);
        return agreed;
      },
    };
    const provider = await openRemote('https://proxy.example.com/v1', { deps });
    await expect(provider.embed([SECRET_TEXT], signal)).rejects.toMatchObject({
      kind: 'consentNeeded',
      host: 'proxy.example.com',
    });
    expect(calls).toBe(0);
    expect(origins).toEqual(['https://proxy.example.com']);
    agreed = true;
    await expect(provider.embed([SECRET_TEXT], signal)).rejects.toMatchObject({ kind: 'notFound' });
    expect(calls).toBe(1);
  });

  it('asks for consent before it asks for an unknown model’s length', async () => {
    const config = { kind: 'openaiCompatible', model: 'nomic', dimensions: null } as const;
    await expect(
      openRemote('https://proxy.example.com/v1', { config, deps: { mayContact: () => false } }),
    ).rejects.toMatchObject({ kind: 'consentNeeded' });
  });

  it('needs no consent for a server on this computer', async () => {
    const provider = await openRemote(server.baseUrl, { deps: { mayContact: () => false } });
    await provider.embed(['text'], signal);
    expect(server.requests).toHaveLength(1);
  });

  it.each([301, 302, 303, 307, 308])('follows no redirect (%i)', async (status) => {
    const other = await startOpenAiServer();
    try {
      const location = `${other.baseUrl}/embeddings`;
      server.otherwise({ kind: 'status', status, headers: { location } });
      const provider = await openRemote(server.baseUrl);
      await expect(provider.embed([SECRET_TEXT], signal)).rejects.toMatchObject({
        kind: 'badSettings',
        message: expect.stringContaining('sends requests on to another address') as string,
      });
      expect(server.requests).toHaveLength(1);
      expect(other.requests).toEqual([]);
    } finally {
      await other.close();
    }
  });

  const echo = `${CANARY} ${SECRET_TEXT}`;
  const headers = { 'x-echo': echo };
  it.each<[string, Script]>([
    ...[400, 401, 402, 403, 404, 413, 418, 429, 500, 501].map((status): [string, Script] => [
      `status ${status}`,
      { kind: 'status', status, message: echo, code: echo, headers },
    ]),
    [
      'a redirect',
      { kind: 'status', status: 307, headers: { location: `https://x.test/${CANARY}` } },
    ],
    ['broken JSON', { kind: 'raw', body: `{"data": ${echo}` }],
    [
      'a web page',
      { kind: 'raw', body: echo, headers: { 'content-type': 'text/html', ...headers } },
    ],
    ['other JSON', { kind: 'raw', body: JSON.stringify({ error: echo }) }],
    ['bad vectors', { kind: 'raw', body: JSON.stringify({ data: [{ embedding: echo }] }) }],
    ['a broken connection', { kind: 'reset', midBody: true }],
  ])('repeats neither key nor text in its error after %s', async (_, script) => {
    server.otherwise(script);
    const provider = await openRemote(server.baseUrl, { deps: { apiKeyOf: () => CANARY } });
    const error = await provider.embed([SECRET_TEXT, 'b'], signal).then(
      (answer) => answer,
      (thrown: unknown) => thrown,
    );
    // Whatever a logger might print of it: message, stack, causes, own and hidden properties.
    const printed = inspect(error, { depth: null, showHidden: true });
    expect(printed).not.toContain('CANARY');
    expect(printed).toMatch(/Failure|failed/);
  });

  it.each([`${CANARY}\r\nX-Evil: 1`, `${CANARY}\u00e9`, `${CANARY} ${CANARY}`])(
    'refuses a key that no header can carry, without repeating it',
    async (key) => {
      const provider = await openRemote(server.baseUrl, { deps: { apiKeyOf: () => key } });
      const error: unknown = await provider.embed(['text'], signal).catch((e: unknown) => e);
      expect(error).toMatchObject({ kind: 'apiKeyRefused' });
      expect(inspect(error, { depth: null, showHidden: true })).not.toContain('CANARY');
      expect(server.requests).toEqual([]);
    },
  );
});
