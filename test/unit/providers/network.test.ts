import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { EmbeddingProvider } from '../../../server/src/core/providers/provider.ts';
import {
  NO_NETWORK_SETTINGS,
  type Network,
} from '../../../server/src/core/providers/remote/network-settings.ts';
import { fetchThrough, proxyUrlOf } from '../../../server/src/core/providers/remote/network.ts';
import { describeProvider } from '../../contract/provider.ts';
import { CANARY, holdsCanary } from '../../support/canary.ts';
import {
  createAuthority,
  whyNoCertificates,
  type Authority,
  type Certificate,
} from '../../support/certificates.ts';
import { named } from '../../support/faults/tools.ts';
import { InstantClock } from '../../support/provider-deps.ts';
import { startProviderServer, type ProviderServer } from '../../support/provider-server.ts';
import { startProxy, type ProxyOptions, type ProxyServer } from '../../support/proxy-server.ts';
import { openOn, REMOTE_KINDS } from '../../support/remote-kinds.ts';

/** In no DNS: only the proxy can reach it. */
const HOST = 'api.proxied.test';
const { signal } = new AbortController();
const openai = REMOTE_KINDS.find(({ kind }) => kind === 'openai')!;

describe.skipIf(whyNoCertificates !== null)(
  named('requests through a proxy', whyNoCertificates),
  () => {
    let directory: string;
    let authority: Authority;
    let tls: Certificate;

    beforeAll(() => {
      directory = mkdtempSync(path.join(tmpdir(), 'certificates-'));
      authority = createAuthority(directory);
      tls = authority.issue(`DNS:${HOST}`, 'IP:127.0.0.1');
    });
    afterAll(() => {
      rmSync(directory, { recursive: true });
    });

    async function start(options: Partial<ProxyOptions> = {}) {
      const server = await startProviderServer(openai.wire, { apiKey: CANARY, tls });
      const port = Number(new URL(server.origin).port);
      const proxy = await startProxy({ port, ...options });
      const baseUrl = `https://${HOST}:${port}/v1`;
      return { server, proxy, port, baseUrl };
    }

    function closing({ server, proxy }: { server: ProviderServer; proxy: ProxyServer }): void {
      onTestFinished(async () => {
        await proxy.close();
        await server.close();
      });
    }

    async function open(
      baseUrl: string,
      network: Partial<Network>,
      credentials: string | null = null,
    ): Promise<EmbeddingProvider> {
      const whole = { ...NO_NETWORK_SETTINGS, caFile: authority.file, ...network };
      const { document } = await openOn({ baseUrl }, openai, {
        deps: { apiKeyOf: () => CANARY, fetch: fetchThrough(whole, fetch, () => credentials) },
        timing: { clock: new InstantClock() },
      });
      return document;
    }

    describeProvider('openai through a proxy', async () => {
      const { server, proxy, baseUrl } = await start();
      const provider = await open(baseUrl, { proxy: proxy.url });
      return {
        provider,
        close: async () => {
          await proxy.close();
          await server.close();
        },
      };
    });

    it('lead to the endpoint by CONNECT, and show the proxy neither key nor text', async () => {
      const world = await start();
      closing(world);
      const provider = await open(world.baseUrl, { proxy: world.proxy.url });
      const answer = await provider.embed(['a secret text'], signal);
      expect(answer.outcomes[0]?.kind).toBe('vector');
      expect(world.server.requests[0]?.headers.authorization).toBe(`Bearer ${CANARY}`);
      expect(world.proxy.asked).toEqual([{ target: `${HOST}:${world.port}`, credentials: null }]);
      expect(world.proxy.bytes().length).toBeGreaterThan(300);
      expect(holdsCanary(world.proxy.bytes())).toBe(false);
      expect(world.proxy.bytes().includes('secret text')).toBe(false);
      // The tunnel is used again.
      await provider.embed(['another'], signal);
      expect(world.proxy.asked).toHaveLength(1);
    });

    it('carry the proxy’s name and password, from its address or from where keys are', async () => {
      const world = await start({ credentials: 'me:p@ss:word' });
      closing(world);
      const { url } = world.proxy;
      const written = url.replace('//', '//me:p%40ss%3Aword@');
      for (const provider of [
        await open(world.baseUrl, { proxy: written }),
        await open(world.baseUrl, { proxy: url }, 'me:p@ss:word'),
      ]) {
        expect((await provider.embed(['a'], signal)).outcomes[0]?.kind).toBe('vector');
      }
      for (const credentials of [null, 'me:wrong']) {
        const provider = await open(world.baseUrl, { proxy: url }, credentials);
        const asked = world.proxy.asked.length;
        await expect(provider.embed(['a'], signal)).rejects.toMatchObject({
          kind: 'proxy',
          status: 407,
          host: new URL(url).host,
          message: expect.stringContaining('asks for a name and password') as string,
        });
        expect(world.proxy.asked).toHaveLength(asked + 1);
      }
    });

    it.each([
      [403, 1],
      [502, 3],
    ])('that the proxy answers with %i end after %i tries', async (status, tries) => {
      const world = await start({ status });
      closing(world);
      const provider = await open(world.baseUrl, { proxy: world.proxy.url });
      await expect(provider.embed(['a'], signal)).rejects.toMatchObject({ kind: 'proxy', status });
      expect(world.proxy.asked).toHaveLength(tries);
      expect(world.server.connections).toBe(0);
    });

    it('say which proxy cannot be reached, and go on when it is back', async () => {
      const world = await start();
      const { url } = world.proxy;
      closing(world);
      await world.proxy.close();
      const provider = await open(world.baseUrl, { proxy: url });
      await expect(provider.embed(['a'], signal)).rejects.toMatchObject({
        kind: 'proxy',
        message: `The proxy ${new URL(url).host} cannot be reached (ECONNREFUSED).`,
      });
      expect(world.server.connections).toBe(0);
    });

    it('still want a certificate that is trusted', async () => {
      const world = await start();
      closing(world);
      const provider = await open(world.baseUrl, { proxy: world.proxy.url, caFile: '' });
      await expect(provider.embed(['a'], signal)).rejects.toMatchObject({ kind: 'tls' });
      expect(world.server.requests).toEqual([]);
    });

    it('go around it to this computer and to the hosts named', async () => {
      const world = await start();
      closing(world);
      const { url } = world.proxy;
      const near = await open(world.server.baseUrl, { proxy: url });
      expect((await near.embed(['a'], signal)).outcomes[0]?.kind).toBe('vector');
      for (const noProxy of [['*'], ['.proxied.test'], ['a.test', `${HOST}:${world.port}`]]) {
        const around = await open(world.baseUrl, { proxy: url, noProxy });
        await expect(around.embed(['a'], signal)).rejects.toMatchObject({ kind: 'unreachable' });
      }
      expect(world.proxy.asked).toEqual([]);
      for (const noProxy of [['xied.test'], [`${HOST}:1`], ['']]) {
        const through = await open(world.baseUrl, { proxy: url, noProxy });
        await through.embed(['a'], signal);
      }
      expect(world.proxy.asked).toHaveLength(3);
    });

    it('follow no redirect, unpack answers, and close their connection when cancelled', async () => {
      const world = await start();
      closing(world);
      const provider = await open(world.baseUrl, { proxy: world.proxy.url });
      world.server.script({
        kind: 'status',
        status: 307,
        headers: { location: 'https://x.test/' },
      });
      await expect(provider.embed(['a'], signal)).rejects.toMatchObject({ kind: 'badSettings' });
      const headers = { 'content-encoding': 'gzip' };
      world.server.script({ kind: 'raw', body: gzipSync('{"data":"none"}'), headers });
      await expect(provider.embed(['a'], signal)).rejects.toMatchObject({ kind: 'badAnswer' });
      // Half of one is an answer that broke off: it is asked for again.
      const half = gzipSync('{"data":[').subarray(0, 14);
      world.server.script({ kind: 'raw', body: half, headers });
      expect((await provider.embed(['a'], signal)).outcomes[0]?.kind).toBe('vector');
      const body = gzipSync(Buffer.alloc(65 * 1024 * 1024, ' '));
      world.server.script({ kind: 'raw', body, headers });
      await expect(provider.embed(['a'], signal)).rejects.toMatchObject({
        message: expect.stringContaining('larger than') as string,
      });
      world.server.forget();
      const hungUp = world.server.hungUp;
      world.server.script({ kind: 'hold' });
      const aborting = new AbortController();
      const call = provider.embed(['b'], aborting.signal);
      await world.server.waitForRequests(1);
      aborting.abort();
      await expect(call).rejects.toHaveProperty('name', 'AbortError');
      await expect.poll(() => world.server.hungUp).toBeGreaterThan(hungUp);
    });

    it('are not made where the file of certificates cannot be used, until it can', async () => {
      const world = await start();
      closing(world);
      const caFile = path.join(directory, 'mine.pem');
      const provider = await open(world.server.baseUrl, { caFile });
      const refusal = {
        kind: 'badSettings',
        message: expect.stringContaining('mine.pem') as string,
      };
      await expect(provider.embed(['a'], signal)).rejects.toMatchObject(refusal);
      for (const text of [
        'no certificate',
        '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      ]) {
        writeFileSync(caFile, text);
        await expect(provider.embed(['a'], signal)).rejects.toMatchObject(refusal);
      }
      expect(world.server.connections).toBe(0);
      writeFileSync(caFile, readFileSync(authority.file));
      expect((await provider.embed(['a'], signal)).outcomes[0]?.kind).toBe('vector');
    });
  },
);

describe('the address of a proxy', () => {
  it.each(['http://p.test:3128', 'https://p.test', 'p.test:3128', 'http://me:pw@p.test:1'])(
    'may be %s',
    (written) => {
      expect(proxyUrlOf(written).hostname).toBe('p.test');
    },
  );

  it.each(['socks5://p.test:1080', 'http://', 'file:///x', 'http://me:sk-secret@'])(
    'may not be %s; it is not repeated',
    (written) => {
      expect(() => proxyUrlOf(written)).toThrow(/^The proxy must be an address such as/);
    },
  );
});
