import { Failure } from '../errors.ts';
import { hasRolePrefixes, rolePrefix } from './model-prefixes.ts';
import type { RemoteClient } from './remote/remote-client.ts';
import { remoteKind, targetWith, type ModelFacts } from './remote/remote-kind.ts';
import {
  bearer,
  countOrNull,
  isRecord,
  itemsInOrder,
  stringOrNull,
  valueAt,
  type WireFormat,
} from './remote/wire-format.ts';

const KIND = 'ollama';
const PORT = 11434;
/** Loading a model takes seconds; the usual five minutes are shorter than a pause for thought. */
const KEEP_ALIVE = '30m';

/** https://github.com/ollama/ollama/blob/main/docs/api.md#generate-embeddings */
const wire: WireFormat = {
  path: () => '/api/embed',
  keyHeaders: bearer,
  body: ({ model, texts, ask }) => ({
    model,
    input: texts,
    // What does not fit is to be refused, never cut off silently.
    truncate: false,
    keep_alive: KEEP_ALIVE,
    ...(ask === null ? {} : { dimensions: ask }),
  }),
  read: (body) => {
    const embeddings = valueAt(body, 'embeddings');
    if (!Array.isArray(embeddings)) return null;
    return {
      items: itemsInOrder(embeddings),
      tokens: countOrNull(valueAt(body, 'prompt_eval_count')),
      model: stringOrNull(valueAt(body, 'model')),
    };
  },
};

const otherModel: Omit<ModelFacts, 'name'> = {
  dimensions: null,
  otherDimensions: 'any',
  maxTokensPerText: null,
  limits: { maxItems: 64, maxTokens: 64_000 },
};
const models: readonly ModelFacts[] = [{ name: 'nomic-embed-text', ...otherModel }];

/** Models in Ollama, on this computer or another. */
export const ollama = remoteKind({
  kind: KIND,
  name: 'Ollama',
  ownAddress: `http://127.0.0.1:${PORT}`,
  keyNeeded: false,
  keyVariables: ['OLLAMA_API_KEY'],
  addressVariables: ['OLLAMA_HOST'],
  models,
  otherModel,
  concurrency: 2,
  wire,
  hasRoles: hasRolePrefixes,
  prefixOf: rolePrefix,
  readAddress,
  target: targetWith(models[0]!.name),
  inspect,
});

/** `OLLAMA_HOST` may be a port, a host, or what a server listens on, as well as an address. */
function readAddress(written: string): string {
  if (/^https?:\/\//.test(written)) return written;
  const hostAndPort = written.startsWith(':') ? `127.0.0.1${written}` : written;
  const host = hostAndPort.replace(/^0\.0\.0\.0/, '127.0.0.1');
  return `http://${/:\d+$/.test(host) ? host : `${host}:${PORT}`}`;
}

/** Which weights the name stands for now, and how much they take: `ollama pull` may change both. */
async function inspect(
  facts: ModelFacts,
  client: RemoteClient,
  signal: AbortSignal,
): Promise<ModelFacts> {
  const wanted = facts.name.includes(':') ? facts.name : `${facts.name}:latest`;
  const listed = valueAt(await client.ask('/api/tags', null, signal), 'models');
  const all: readonly unknown[] = Array.isArray(listed) ? listed : [];
  const found = all.find(
    (model) => valueAt(model, 'name') === wanted || valueAt(model, 'model') === wanted,
  );
  const digest = stringOrNull(valueAt(found, 'digest'))?.replace(/^sha256:/, '') ?? '';
  if (!/^[0-9a-f]{12,64}$/.test(digest)) {
    throw new Failure(
      'notFound',
      `Ollama has no model “${facts.name}”. Get it with: ollama pull ${facts.name}`,
      { provider: KIND, host: client.host, status: 404 },
    );
  }
  const info = valueAt(await client.ask('/api/show', { model: facts.name }, signal), 'model_info');
  return {
    ...facts,
    version: `${wanted}@${digest.slice(0, 12)}`,
    dimensions: numberNamed(info, '.embedding_length'),
    maxTokensPerText: numberNamed(info, '.context_length'),
  };
}

/** Ollama puts the architecture before each name: `bert.context_length`. */
function numberNamed(info: unknown, ending: string): number | null {
  const named = Object.entries(isRecord(info) ? info : {}).find(([name]) => name.endsWith(ending));
  return countOrNull(named?.[1]) || null;
}
