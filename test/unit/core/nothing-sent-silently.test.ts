import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { configSchema } from '../../../server/src/core/config.ts';
import { createCore, type Core } from '../../../server/src/core/core.ts';
import { writeTree } from '../../support/folder-tree.ts';
import { startOpenAiServer, type OpenAiServer } from '../../support/openai-server.ts';
import { providerDeps, STRUCTURE_WORKER } from '../../support/provider-deps.ts';
import { SECRET_SAMPLES } from '../../support/secret-samples.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const { signal } = new AbortController();
const TOKEN = SECRET_SAMPLES.find(({ rule }) => rule === 'github')!.line;

let server: OpenAiServer;
let folder: string;
let cacheDir: string;

beforeEach(async () => {
  server = await startOpenAiServer({ apiKey: 'sk-test' });
  onTestFinished(() => server.close());
  cacheDir = tempDirectory();
  folder = tempDirectory();
});

/** Core with OpenAI's own address, whose requests a real server on this computer answers. */
async function open(settings: object = {}): Promise<Core> {
  const config = configSchema.parse({
    cacheDir,
    provider: { kind: 'openai', dimensions: 32 },
    ...settings,
  });
  const core = await createCore(config, {
    ...providerDeps(),
    structureWorker: STRUCTURE_WORKER,
    apiKeyOf: () => 'sk-test',
    fetch: (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      return fetch(`${server.origin}${url.pathname}`, init);
    },
  });
  onTestFinished(() => core.close());
  return core;
}

function functions(count: number): Record<string, string> {
  const body = (i: number): string =>
    Array.from({ length: 30 }, (_, line) => `  step${i}_${line}(${line});`).join('\n');
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `src/f${i}.ts`,
      `export function f${i}() {\n${body(i)}\n}\n`,
    ]),
  );
}

describe('a remote provider', () => {
  it('gets no chunk that looks secret; the run says where it is, words still find it', async () => {
    writeTree(folder, {
      ...functions(2),
      'src/deploy.ts': `export function deploy() {\n  ${TOKEN}\n}\n`,
    });
    const core = await open();
    const report = await core.index(folder, { signal });
    expect(server.asked.join('\n')).toContain('f1');
    expect(server.asked.join('\n')).not.toContain('ghp_');
    expect(report.withheld.looksSecret).toEqual([
      { path: 'src/deploy.ts', startLine: 1, endLine: 3 },
    ]);
    expect(report.failures).toEqual([]);
    const hits = await core.search([folder], 'deploy', { limit: 5, mode: 'text', signal });
    expect(hits.map((hit) => hit.path)).toContain('src/deploy.ts');
  });

  it('gets it when the user wants no check', async () => {
    writeTree(folder, { 'src/deploy.ts': `export function deploy() {\n  ${TOKEN}\n}\n` });
    await (await open({ scanForSecrets: false })).index(folder, { signal });
    expect(server.asked.join('\n')).toContain('ghp_');
  });

  it('gets no query, selection or file that may hold a secret', async () => {
    writeTree(folder, functions(1));
    const core = await open();
    await core.index(folder, { signal });
    server.forget();
    const options = { limit: 5, mode: 'hybrid', signal } as const;
    await core.search([folder], `who uses ${TOKEN}`, options);
    await expect(core.similar([folder], TOKEN, options)).rejects.toMatchObject({
      kind: 'looksSecret',
    });
    await expect(core.embed(['A=1'], signal, '/work/shop/.env')).rejects.toMatchObject({
      kind: 'looksSecret',
      file: '.env',
    });
    const { outcomes } = await core.embed([TOKEN], signal);
    expect(outcomes).toMatchObject([{ kind: 'withheld', reason: 'looksSecret' }]);
    expect(server.requests).toEqual([]);
  });

  it('is predicted exactly: the files, chunks and tokens said are those sent', async () => {
    writeTree(folder, { ...functions(3), 'src/deploy.ts': `deploy();\n${TOKEN}\n` });
    const core = await open();
    const predicted = await core.index(folder, { signal, dryRun: true });
    expect(server.requests).toEqual([]);
    const done = await core.index(folder, { signal });
    expect(predicted.withheld).toEqual(done.withheld);
    expect(predicted.chunks.misses).toBe(server.asked.length);
    expect(predicted.toSend.map((file) => file.path)).toEqual([
      'src/f0.ts',
      'src/f1.ts',
      'src/f2.ts',
    ]);
    expect(predicted.provider.tokens).toBeGreaterThan(done.provider.tokens * 0.8);
    const [sent] = await core.sent(10);
    expect(sent).toMatchObject({
      host: 'api.openai.com',
      kind: 'files',
      texts: server.asked.length,
      tokens: done.provider.tokens,
    });
    expect(sent?.files.map((file) => path.join(file.folder, file.path))).toEqual(
      predicted.toSend.map((file) => path.join(done.folder, file.path)),
    );
  });

  it('gets no more when the month’s limit is used, and the rest when it is raised', async () => {
    writeTree(folder, functions(60));
    // One token of this model costs 2e-8 dollars: the limit is used by the first request.
    const limited = await open({ monthlyUsd: 1e-9 });
    await limited.embed(['the first text fills the limit'], signal);
    expect(server.requests).toHaveLength(1);

    const stopped = await limited.index(folder, { signal });
    expect(server.requests).toHaveLength(1);
    expect(stopped.withheld.overBudget).toBe(stopped.chunks.total);
    // Everything is indexed but for the vectors: words find it.
    const hits = await limited.search([folder], 'f59', { limit: 3, mode: 'hybrid', signal });
    expect(hits[0]?.path).toBe('src/f59.ts');

    const raised = await open({ monthlyUsd: 5 });
    const resumed = await raised.index(folder, { signal });
    expect(resumed.withheld.overBudget).toBe(0);
    expect(resumed.chunks.misses).toBe(stopped.withheld.overBudget);
    expect((await raised.stats()).month.costUsd).toBeGreaterThan(0);
  });
});

describe('files whose names mean secrets', () => {
  const MARK = 'text_of_a_secret_file';
  const names = [
    ...['.env', '.env.local', '.ENV.Production', 'prod.env', 'server.pem', 'tls.key', 'app.p12'],
    ...['id_rsa', 'id_rsa.old', 'id_ed25519', 'id_deploy', '.npmrc', '.netrc', '_netrc', '.pypirc'],
    ...['main.tfstate', 'main.tfstate.backup', 'prod.tfvars', '.git-credentials', '.pgpass'],
    ...['.aws/credentials', '.ssh/config', '.kube/config', '.docker/config.json', '.gnupg/x.txt'],
    ...['.azure/tokens.json', 'deep/er/.aws/config', 'deep/er/.env.test', 'a.jks', 'b.kdbx'],
  ];

  it('are never read, whatever the repository says, by whatever link they are reached', async () => {
    const file = `export const text = '${MARK}';\n`;
    writeTree(folder, {
      ...functions(1),
      ...Object.fromEntries(names.map((name) => [name, file])),
      // A repository may ask for them; it is not heard.
      '.gitignore': '!.env\n!*.pem\n!id_rsa\n!.aws/\n',
      '.embeddingignore': '!.env*\n!**/*.key\n!.ssh/**\n',
    });
    symlinkSync(path.join(folder, '.env'), path.join(folder, 'notes.txt'));
    symlinkSync(path.join(folder, '.aws'), path.join(folder, 'docs'));
    symlinkSync('../id_rsa', path.join(folder, 'src/readme.ts'));
    const core = await open();
    await core.index(folder, { signal });
    for (const link of ['notes.txt', 'docs/credentials', 'src/readme.ts', '.env', 'src/../.env']) {
      await core.refresh(folder, [link], signal);
    }
    expect(server.asked.length).toBeGreaterThan(0);
    expect(server.asked.join('\n')).not.toContain(MARK);
    const hits = await core.search([folder], MARK, { limit: 5, mode: 'text', signal });
    expect(hits).toEqual([]);
  });
});
