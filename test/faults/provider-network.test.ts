import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { NO_NETWORK_SETTINGS } from '../../server/src/core/providers/remote/network-settings.ts';
import { fetchThrough } from '../../server/src/core/providers/remote/network.ts';
import { CANARY, holdsCanary } from '../support/canary.ts';
import {
  createAuthority,
  selfSigned,
  whyNoCertificates,
  type Authority,
  type Certificate,
} from '../support/certificates.ts';
import { InstantClock } from '../support/provider-deps.ts';
import { startProviderServer, type ProviderServer } from '../support/provider-server.ts';
import { openOn, REMOTE_KINDS } from '../support/remote-kinds.ts';
import { named, whyNoUnshare } from '../support/faults/tools.ts';

const { signal } = new AbortController();

/** What a whole use of a provider comes to: opening it, and one text. */
async function embedOne(
  remote: (typeof REMOTE_KINDS)[number],
  baseUrl: string,
  fetch: typeof globalThis.fetch,
): Promise<unknown> {
  try {
    const { document } = await openOn({ baseUrl }, remote, {
      deps: { fetch, apiKeyOf: () => CANARY },
      timing: { clock: new InstantClock() },
    });
    const { outcomes } = await document.embed(['a'], signal);
    return outcomes[0]?.kind;
  } catch (error) {
    // Nothing of the key is in what is thrown.
    expect(holdsCanary(inspect(error, { depth: null, showHidden: true }))).toBe(false);
    return error;
  }
}

describe.skipIf(whyNoCertificates !== null)(
  named('B19: a certificate that is not trusted', whyNoCertificates),
  () => {
    let directory: string;
    let authority: Authority;
    let known: Certificate;
    let unknown: Certificate;
    let server: ProviderServer;

    beforeAll(() => {
      directory = mkdtempSync(path.join(tmpdir(), 'certificates-'));
      authority = createAuthority(directory);
      known = authority.issue('IP:127.0.0.1');
      unknown = selfSigned(directory, 'IP:127.0.0.1');
    });
    afterAll(() => {
      rmSync(directory, { recursive: true });
    });
    afterEach(() => server.close());

    it.each(REMOTE_KINDS)('$kind: is said, in one try, and no request is made', async (remote) => {
      server = await startProviderServer(remote.wire, { apiKey: CANARY, tls: unknown });
      expect(await embedOne(remote, server.baseUrl, fetch)).toMatchObject({
        kind: 'tls',
        message: expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT') as string,
      });
      expect(server.requests).toEqual([]);
      expect(server.connections).toBe(1);
    });

    it.each(REMOTE_KINDS)('$kind: is trusted once its authority is named', async (remote) => {
      server = await startProviderServer(remote.wire, { apiKey: CANARY, tls: known });
      expect(await embedOne(remote, server.baseUrl, fetch)).toMatchObject({ kind: 'tls' });
      const network = { ...NO_NETWORK_SETTINGS, caFile: authority.file };
      const trusting = fetchThrough(network, fetch);
      expect(await embedOne(remote, server.baseUrl, trusting)).toBe('vector');
      // Of another name it is not.
      const elsewhere = server.baseUrl.replace('127.0.0.1', 'localhost');
      expect(await embedOne(remote, elsewhere, trusting)).toMatchObject({
        kind: 'tls',
        message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID') as string,
      });
    });
  },
);

it.each(REMOTE_KINDS)(
  'B19: $kind: a name that no DNS knows is said, in three tries',
  async (remote) => {
    let calls = 0;
    const counting: typeof fetch = (...args) => {
      calls++;
      return fetch(...args);
    };
    const error = await embedOne(remote, 'https://no-such-host.invalid/v1', counting);
    expect(error).toMatchObject({
      kind: 'unreachable',
      // The second where no DNS can be asked at all.
      message: expect.stringMatching(/\((ENOTFOUND|EAI_AGAIN)\)/) as string,
    });
    expect(calls).toBe(3);
  },
);

it.skipIf(whyNoUnshare !== null)(
  named('B19: offline, each provider says so, is not asked on and on, and resumes', whyNoUnshare),
  () => {
    const script = path.join(import.meta.dirname, '../support/faults/offline.ts');
    const printed = execFileSync(
      'unshare',
      ['-n', process.execPath, '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', script],
      { encoding: 'utf8', env: { PATH: process.env['PATH'] } },
    );
    const results = JSON.parse(printed) as { kind: string }[];
    expect(results).toEqual(
      REMOTE_KINDS.map(({ kind }) => ({
        kind,
        // Before the first connection, and with one that is open.
        offline: ['unreachable', 'unreachable'],
        tries: [3, expect.toSatisfy((tries: number) => tries <= 6) as number],
        online: ['vector', 'vector'],
      })),
    );
    expect(holdsCanary(printed)).toBe(false);
  },
);
