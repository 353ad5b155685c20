import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CANARY, filesHolding, holds } from '../support/canary.ts';
import { createAuthority, whyNoCertificates } from '../support/certificates.ts';
import { named } from '../support/faults/tools.ts';
import { writeTree } from '../support/folder-tree.ts';
import { LanguageServer, settingsOf } from '../support/language-server.ts';
import { startOpenAiServer } from '../support/openai-server.ts';
import { startProxy } from '../support/proxy-server.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { runCli, runJson } from './cli-process.ts';

const HOST = 'api.proxied.test';
const PAIR = 'me:sk-proxy-0123456789-word';

/** An endpoint that only a proxy reaches, which insists on a name and password. */
async function startWorld() {
  const directory = tempDirectory();
  const authority = createAuthority(directory);
  const tls = authority.issue(`DNS:${HOST}`);
  const server = await startOpenAiServer({ apiKey: CANARY, tls });
  const port = Number(new URL(server.origin).port);
  const proxy = await startProxy({ port, credentials: PAIR });
  onTestFinished(async () => {
    await proxy.close();
    await server.close();
  });
  return { directory, authority, server, proxy, baseUrl: `https://${HOST}:${port}/v1` };
}

describe.skipIf(whyNoCertificates !== null)(named('behind a proxy', whyNoCertificates), () => {
  it('the command line goes through it where the environment says so', async () => {
    const { directory, authority, server, proxy, baseUrl } = await startWorld();
    const env = {
      EMBEDDINGCACHE_DIR: path.join(directory, 'cache'),
      EMBEDDINGCACHE_CA_FILE: authority.file,
      OPENAI_API_KEY: CANARY,
      HTTPS_PROXY: proxy.url.replace('//', `//${PAIR}@`),
    };
    const args = ['embed', 'one text', '--provider', 'openai', '--base-url', baseUrl];
    const answer = await runJson<{ misses: number }>(args, { env, cwd: directory });
    expect(answer.misses).toBe(1);
    expect(server.asked).toEqual(['one text']);
    expect(proxy.asked).toHaveLength(1);
    const wrong = { ...env, HTTPS_PROXY: proxy.url };
    const refused = await runCli([...args, 'another'], { env: wrong, cwd: directory });
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('asks for a name and password (407). Check HTTPS_PROXY');
    const around = { ...env, NO_PROXY: HOST };
    const absent = await runCli([...args, 'another'], { env: around, cwd: directory });
    expect(absent.stderr).toContain('cannot be reached');
    expect(filesHolding(path.join(directory, 'cache'), PAIR)).toEqual([]);
  });

  it('the server goes through it by its settings, and keeps its password to itself', async () => {
    const { directory, authority, server, proxy, baseUrl } = await startWorld();
    const folder = path.join(directory, 'root');
    writeTree(folder, { 'a.ts': 'export function one() {\n  return 1;\n}\n' });
    const language = await LanguageServer.start({
      settings: settingsOf({
        directory: path.join(directory, 'cache'),
        provider: { kind: 'openai', baseUrl, dimensions: 64 },
        allowedOrigins: [new URL(baseUrl).origin],
        network: { proxy: proxy.url, noProxy: [], caFile: authority.file },
      }),
      folders: [folder],
    });
    const { origin } = new URL(baseUrl);
    language.sendApiKey({ provider: 'openai', origin, key: CANARY });
    language.sendApiKey({ provider: 'proxy', origin: proxy.url, key: PAIR });
    const report = await language.request('embeddingCache/index', { folders: [] });
    expect(report.chunks.misses).toBe(1);
    expect(server.asked).toHaveLength(1);
    expect(proxy.asked[0]?.credentials).toBe(PAIR);
    expect(await language.stop()).toBe(0);
    expect(holds(Buffer.concat(language.output), PAIR)).toBe(false);
    expect(filesHolding(path.join(directory, 'cache'), PAIR)).toEqual([]);
  });
});
