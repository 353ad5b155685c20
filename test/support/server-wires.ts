import type { IncomingMessage } from 'node:http';
import type { ServerItem, ServerWire } from './provider-server.ts';

type Body = Record<string, unknown>;

/** https://platform.openai.com/docs/api-reference/embeddings */
export const openAiServerWire: ServerWire = {
  basePath: '/v1',
  dimensions: {
    'text-embedding-3-small': 1536,
    'text-embedding-3-large': 3072,
    'text-embedding-ada-002': 1536,
  },
  readRequest: (path, body) =>
    path.endsWith('/embeddings') ? openAiLike(body, 'dimensions') : null,
  keyIn: bearerIn,
  answer: (_seen, items, model, tokens) => ({
    object: 'list',
    data: items.map(({ index, embedding }) => ({ object: 'embedding', index, embedding })),
    // Its exact version, as OpenAI answers.
    model: model === 'text-embedding-ada-002' ? `${model}-v2` : model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }),
  error: (_status, message, code) => ({
    error: { message, type: 'invalid_request_error', param: null, code },
  }),
};

/** https://learn.microsoft.com/azure/ai-services/openai/reference, data plane: embeddings */
export const azureServerWire: ServerWire = {
  ...openAiServerWire,
  basePath: '',
  readRequest: (path, body) =>
    /^\/openai\/deployments\/[^/]+\/embeddings\?api-version=[\w-]+$/.test(path)
      ? openAiLike(body, 'dimensions')
      : null,
  keyIn: (headers) => headerIn(headers, 'api-key'),
  error: (status, message, code) => ({ error: { code: code ?? String(status), message } }),
};

/** https://github.com/ollama/ollama/blob/main/docs/api.md */
export const ollamaServerWire: ServerWire = {
  basePath: '',
  dimensions: { 'nomic-embed-text': 768 },
  readRequest: (path, body) => (path === '/api/embed' ? openAiLike(body, 'dimensions') : null),
  keyIn: bearerIn,
  answer: (_seen, items, model, tokens) => ({
    model,
    embeddings: items.map(({ embedding }) => embedding),
    total_duration: 14_143_917,
    load_duration: 1_019_500,
    prompt_eval_count: tokens,
  }),
  error: (_status, message) => ({ error: message }),
  other: (path) => {
    if (path === '/api/tags')
      return { models: [{ name: 'nomic-embed-text:latest', digest: OLLAMA_DIGEST }] };
    if (path !== '/api/show') return null;
    return {
      model_info: { 'nomic-bert.context_length': 2048, 'nomic-bert.embedding_length': 768 },
      capabilities: ['embedding'],
    };
  },
};

export const OLLAMA_DIGEST = '0a109f422b47e3a30ba2b10eca18548e944e8a23073ee3f3e947efcf3c45e59f';

/** https://docs.cohere.com/reference/embed */
export const cohereServerWire: ServerWire = {
  basePath: '/v2',
  dimensions: { 'embed-v4.0': 1536, 'embed-english-v3.0': 1024 },
  readRequest: (path, body) =>
    path === '/v2/embed' ? openAiLike({ ...body, input: body['texts'] }, 'output_dimension') : null,
  keyIn: bearerIn,
  answer: (seen, items, _model, tokens) => ({
    id: '5807ee2e-0cda-445a-9ec8-864c60a06606',
    embeddings: { float: items.map(({ embedding }) => embedding) },
    texts: seen.texts,
    meta: { api_version: { version: '2' }, billed_units: { input_tokens: tokens } },
    response_type: 'embeddings_by_type',
  }),
  error: (_status, message) => ({ id: '87e3', message }),
};

/** https://docs.voyageai.com/reference/embeddings-api */
export const voyageServerWire: ServerWire = {
  ...openAiServerWire,
  dimensions: { 'voyage-code-3': 1024 },
  readRequest: (path, body) =>
    path === '/v1/embeddings' ? openAiLike(body, 'output_dimension') : null,
  answer: (_seen, items, model, tokens) => ({
    object: 'list',
    data: items.map(({ index, embedding }) => ({ object: 'embedding', embedding, index })),
    model,
    usage: { total_tokens: tokens },
  }),
  error: (_status, message) => ({ detail: message }),
};

/** https://ai.google.dev/api/embeddings#method:-models.batchembedcontents */
export const geminiServerWire: ServerWire = {
  basePath: '/v1beta',
  dimensions: { 'gemini-embedding-001': 3072, 'gemini-embedding-2': 3072 },
  readRequest: (path, body) => {
    const model = /^\/v1beta\/models\/([\w.-]+):batchEmbedContents$/.exec(path)?.[1];
    if (model === undefined) return null;
    const requests = body['requests'] as {
      model: string;
      content: { parts: { text: string }[] };
      outputDimensionality?: number;
    }[];
    if (requests.some((request) => request.model !== `models/${model}`)) return null;
    return {
      model,
      dimensions: requests[0]?.outputDimensionality ?? null,
      encoding: null,
      texts: requests.map(({ content }) => content.parts.map(({ text }) => text).join('')),
    };
  },
  keyIn: (headers) => headerIn(headers, 'x-goog-api-key'),
  // Shorter vectors than the model's own are not of unit length.
  answer: (seen, items) => ({
    embeddings: items.map(({ embedding }) => ({
      values: seen.dimensions === null ? embedding : doubled(embedding),
    })),
  }),
  error: (status, message, code) => ({ error: { code: status, message, status: code ?? 'ERROR' } }),
};

/** https://docs.mistral.ai/api/endpoint/embeddings */
export const mistralServerWire: ServerWire = {
  ...openAiServerWire,
  dimensions: { 'codestral-embed': 1536, 'mistral-embed': 1024 },
  readRequest: (path, body) =>
    path === '/v1/embeddings' ? openAiLike(body, 'output_dimension') : null,
  error: (status, message, code) => ({
    object: 'error',
    message,
    type: code,
    code: String(status),
  }),
};

/** https://api.jina.ai/redoc#tag/embeddings */
export const jinaServerWire: ServerWire = {
  ...openAiServerWire,
  dimensions: { 'jina-code-embeddings-1.5b': 1536, 'jina-embeddings-v3': 1024 },
  readRequest: (path, body) =>
    path === '/v1/embeddings'
      ? openAiLike({ ...body, encoding_format: body['embedding_type'] }, 'dimensions')
      : null,
  error: (_status, message) => ({ detail: message }),
};

function openAiLike(body: Body, dimensionsName: string) {
  const input = body['input'] as string | string[];
  return {
    model: body['model'] as string,
    dimensions: (body[dimensionsName] as number | undefined) ?? null,
    encoding: (body['encoding_format'] as string | undefined) ?? null,
    texts: typeof input === 'string' ? [input] : input,
  };
}

function bearerIn(headers: IncomingMessage['headers']): string | null {
  return headers.authorization?.replace(/^Bearer /, '') ?? null;
}

function headerIn(headers: IncomingMessage['headers'], name: string): string | null {
  return headers[name]?.toString() ?? null;
}

function doubled(embedding: ServerItem['embedding']): unknown {
  return Array.isArray(embedding) && embedding.every((x) => typeof x === 'number')
    ? embedding.map((x) => 2 * x)
    : embedding;
}
