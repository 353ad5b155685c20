/** A provider as the editor needs to know it, before the server runs. */
export interface KnownProvider {
  /** As the setting `embeddingCache.provider` names it. */
  readonly kind: string;
  /** As people call it; null where that is translated. */
  readonly name: string | null;
  /** Used where the user sets no other; null: there is none. */
  readonly ownAddress: string | null;
  /** The setting that holds the address, without `embeddingCache.`; null: it cannot be changed. */
  readonly addressSetting: string | null;
  readonly needsKey: boolean;
  /** What an empty model name stands for; empty where the user must name one. */
  readonly defaultModel: string;
  /** Environment variables a key is usually in. */
  readonly keyVariables: readonly string[];
}

const remote = (
  kind: string,
  name: string | null,
  ownAddress: string | null,
  keyVariables: readonly string[],
  defaultModel: string,
  addressSetting: string | null = null,
): KnownProvider => ({
  kind,
  name,
  ownAddress,
  addressSetting,
  needsKey: true,
  keyVariables,
  defaultModel,
});

/** Every provider, as the server's own table has them. */
export const providers: readonly KnownProvider[] = [
  {
    kind: 'embedded',
    name: null,
    ownAddress: null,
    addressSetting: null,
    needsKey: false,
    keyVariables: [],
    defaultModel: '',
  },
  remote(
    'openai',
    'OpenAI',
    'https://api.openai.com/v1',
    ['OPENAI_API_KEY'],
    'text-embedding-3-small',
    'openai.baseUrl',
  ),
  remote('azureOpenai', 'Azure OpenAI', null, ['AZURE_OPENAI_API_KEY'], '', 'azureOpenai.endpoint'),
  {
    ...remote(
      'openaiCompatible',
      null,
      null,
      ['EMBEDDINGCACHE_API_KEY'],
      '',
      'openaiCompatible.baseUrl',
    ),
    needsKey: false,
  },
  {
    ...remote(
      'ollama',
      'Ollama',
      'http://127.0.0.1:11434',
      ['OLLAMA_API_KEY'],
      'nomic-embed-text',
      'ollama.baseUrl',
    ),
    needsKey: false,
  },
  remote(
    'cohere',
    'Cohere',
    'https://api.cohere.com/v2',
    ['CO_API_KEY', 'COHERE_API_KEY'],
    'embed-v4.0',
  ),
  remote('voyage', 'Voyage AI', 'https://api.voyageai.com/v1', ['VOYAGE_API_KEY'], 'voyage-code-3'),
  remote(
    'gemini',
    'Google Gemini',
    'https://generativelanguage.googleapis.com/v1beta',
    ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    'gemini-embedding-001',
  ),
  remote('mistral', 'Mistral', 'https://api.mistral.ai/v1', ['MISTRAL_API_KEY'], 'codestral-embed'),
  remote(
    'jina',
    'Jina AI',
    'https://api.jina.ai/v1',
    ['JINA_API_KEY'],
    'jina-code-embeddings-1.5b',
  ),
  {
    kind: 'transformers',
    name: null,
    ownAddress: null,
    addressSetting: 'transformers.modelFolder',
    needsKey: false,
    keyVariables: [],
    defaultModel: '',
  },
];

/** The built-in one for a name that nobody has. */
export function knownProvider(kind: string): KnownProvider {
  return providers.find((provider) => provider.kind === kind) ?? providers[0]!;
}
