import { Failure } from '../errors.ts';
import { hasRolePrefixes, rolePrefix } from './model-prefixes.ts';
import { openAiWire } from './openai-wire.ts';
import type { ProviderConfig } from './provider-config.ts';
import { endpointOf } from './remote/endpoint.ts';
import { remoteKind, type Target } from './remote/remote-kind.ts';

const KIND = 'openaiCompatible';

/**
 * Any server that speaks OpenAI's wire format: vLLM, LM Studio, TEI, llama.cpp, LiteLLM. Over plain
 * HTTP, because the SDK drops what these say in errors of their own shapes, limits above all.
 */
export const openAiCompatible = remoteKind({
  kind: KIND,
  name: 'the OpenAI-compatible endpoint',
  ownAddress: null,
  keyNeeded: false,
  keyVariables: ['EMBEDDINGCACHE_API_KEY'],
  addressVariables: ['OPENAI_BASE_URL'],
  models: [],
  otherModel: {
    dimensions: null,
    otherDimensions: 'any',
    maxTokensPerText: null,
    // Text Embeddings Inference takes 32 texts a request unless told otherwise; the others more.
    limits: { maxItems: 32, maxTokens: 32_000 },
  },
  concurrency: 2,
  wire: openAiWire,
  hasRoles: hasRolePrefixes,
  prefixOf: rolePrefix,
  target: targetOf,
});

function targetOf(config: ProviderConfig, address: string): Target {
  const { host } = endpointOf(KIND, address);
  const model = config.model.trim();
  if (model !== '') return { baseUrl: address, model };
  // A server with a single model ignores the name, but the cache tells models apart by it.
  throw new Failure('badSettings', `Set the name of the model that ${host} serves.`, {
    provider: KIND,
    host,
  });
}
