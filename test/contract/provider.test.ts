import { describe, expect, it } from 'vitest';
import { createProvider } from '../../server/src/core/providers/create-provider.ts';
import { providerConfigOf } from '../../server/src/core/providers/provider-config.ts';
import { PROVIDERS } from '../../server/src/core/providers/provider-table.ts';
import { named } from '../support/faults/tools.ts';
import { openLocal, whyNoRuntime } from '../support/local-models.ts';
import { startProviderServer, type ProviderServerOptions } from '../support/provider-server.ts';
import { providerDeps } from '../support/provider-deps.ts';
import { openOn, REMOTE_KINDS, TEST_KEY, type RemoteUnderTest } from '../support/remote-kinds.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { writeTinyModel } from '../support/tiny-model/tiny-model.ts';
import { describeProvider, type ProviderUnderTest } from './provider.ts';

const { signal } = new AbortController();

describe('the provider contract', () => {
  it('is kept by every provider of the table', () => {
    const remote = PROVIDERS.filter((provider) => provider.remote !== null);
    expect(REMOTE_KINDS.map(({ kind }) => kind)).toEqual(remote.map(({ kind }) => kind));
  });
});

describeProvider('embedded', async () => {
  const { document } = await createProvider(providerConfigOf('embedded'), providerDeps(), signal);
  return { provider: document, close: async () => undefined };
});

describe.skipIf(whyNoRuntime)(named('on this computer', whyNoRuntime), () => {
  for (const role of ['document', 'query'] as const) {
    describeProvider(`transformers for the ${role}`, async () => {
      const folder = tempDirectory();
      writeTinyModel(folder, { prompts: { query: 'red ' } });
      const pair = await openLocal({ modelFolder: folder });
      return { provider: pair[role], close: async () => pair.close?.() };
    });
  }
});

for (const remote of REMOTE_KINDS) {
  describeProvider(remote.kind, () => openDocument(remote));
  describeProvider(`${remote.kind} for queries`, async () => openDocument(remote, {}, 'query'));
}

const compatible = REMOTE_KINDS.find(({ kind }) => kind === 'openaiCompatible')!;
describeProvider('openaiCompatible that sends numbers', () =>
  openDocument(compatible, { encoding: 'float' }),
);
// Shorter vectors, where the model has them.
for (const [kind, dimensions] of [
  ['openai', 128],
  ['azureOpenai', 128],
  ['cohere', 512],
  ['voyage', 256],
  ['gemini', 768],
  ['mistral', 512],
  ['jina', 256],
] as const) {
  const remote = REMOTE_KINDS.find((each) => each.kind === kind)!;
  const model = kind === 'azureOpenai' ? { model: 'text-embedding-3-large' } : {};
  describeProvider(`${kind} with shorter vectors`, () =>
    openDocument({ ...remote, config: { ...remote.config, ...model, dimensions } }),
  );
}

async function openDocument(
  remote: RemoteUnderTest,
  options: ProviderServerOptions = {},
  role: 'document' | 'query' = 'document',
): Promise<ProviderUnderTest> {
  const server = await startProviderServer(remote.wire, { apiKey: TEST_KEY, ...options });
  const pair = await openOn(server, remote);
  return { provider: pair[role], close: () => server.close() };
}
