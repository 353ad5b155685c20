import { loadOpenAiTokenizer, OPENAI_MODELS, OTHER_OPENAI_MODEL } from './openai-models.ts';
import { openAiWire } from './openai-wire.ts';
import { exchangeBySdk } from './remote/openai-sdk.ts';
import { remoteKind, targetWith } from './remote/remote-kind.ts';

/** OpenAI through its own SDK, or a proxy of OpenAI. */
export const openAi = remoteKind({
  kind: 'openai',
  name: 'OpenAI',
  ownAddress: 'https://api.openai.com/v1',
  keyNeeded: true,
  keyVariables: ['OPENAI_API_KEY'],
  addressVariables: ['OPENAI_BASE_URL'],
  models: OPENAI_MODELS,
  otherModel: OTHER_OPENAI_MODEL,
  concurrency: 4,
  wire: openAiWire,
  exchange: exchangeBySdk,
  hasRoles: () => false,
  target: targetWith(OPENAI_MODELS[0]!.name),
  loadTokenizer: loadOpenAiTokenizer,
});
