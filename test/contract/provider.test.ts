import { createProvider } from '../../server/src/core/providers/create-provider.ts';
import { startOpenAiServer, type OpenAiServerOptions } from '../support/openai-server.ts';
import { providerDeps } from '../support/provider-deps.ts';
import { describeProvider, type ProviderUnderTest } from './provider.ts';

const { signal } = new AbortController();

describeProvider('embedded', async () => {
  const { document } = await createProvider({ kind: 'embedded' }, providerDeps(), signal);
  return { provider: document, close: async () => undefined };
});

describeProvider('openai', () => openRemote('openai', {}));
describeProvider('openai with shorter vectors', () => openRemote('openai', {}, 128));
describeProvider('openaiCompatible', () => openRemote('openaiCompatible', {}));
describeProvider('openaiCompatible that sends numbers', () =>
  openRemote('openaiCompatible', { encoding: 'float' }),
);

async function openRemote(
  kind: 'openai' | 'openaiCompatible',
  options: OpenAiServerOptions,
  dimensions: number | null = null,
): Promise<ProviderUnderTest> {
  const server = await startOpenAiServer({ apiKey: 'sk-test', ...options });
  const model = kind === 'openai' ? '' : 'some-model';
  const { document } = await createProvider(
    { kind, model, dimensions, baseUrl: server.baseUrl },
    providerDeps({ apiKeyOf: () => 'sk-test' }),
    signal,
  );
  return { provider: document, close: () => server.close() };
}
