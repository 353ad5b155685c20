import { Failure } from '../errors.ts';
import { loadOpenAiTokenizer, OPENAI_MODELS, OTHER_OPENAI_MODEL } from './openai-models.ts';
import { openAiWire } from './openai-wire.ts';
import type { ProviderConfig } from './provider-config.ts';
import { exchangeBySdk } from './remote/openai-sdk.ts';
import { remoteKind, type Target } from './remote/remote-kind.ts';

const KIND = 'azureOpenai';
/** https://learn.microsoft.com/azure/ai-services/openai/reference */
const API_VERSION = '2024-10-21';

/** OpenAI's models in a resource of the user's own at Azure. */
export const azureOpenAi = remoteKind({
  kind: KIND,
  name: 'Azure OpenAI',
  ownAddress: null,
  keyNeeded: true,
  keyVariables: ['AZURE_OPENAI_API_KEY'],
  addressVariables: ['AZURE_OPENAI_ENDPOINT'],
  // What a deployment serves is known by its model's name; the deployment's own name is free.
  models: OPENAI_MODELS,
  otherModel: OTHER_OPENAI_MODEL,
  concurrency: 4,
  wire: { ...openAiWire, keyHeaders: (key) => ({ 'api-key': key }) },
  exchange: exchangeBySdk,
  hasRoles: () => false,
  target: targetOf,
  loadTokenizer: loadOpenAiTokenizer,
});

function targetOf(config: ProviderConfig, endpoint: string): Target {
  const deployment = config.deployment.trim();
  if (deployment === '') {
    throw new Failure('badSettings', 'Set the name of the deployment at Azure OpenAI.', {
      provider: KIND,
    });
  }
  return {
    baseUrl: `${endpoint.replace(/\/+$/, '')}/openai/deployments/${encodeURIComponent(deployment)}`,
    model: config.model.trim() || deployment,
    query: { 'api-version': config.apiVersion.trim() || API_VERSION },
  };
}
