import { describe, expect, it } from 'vitest';
import { wordsOf, wordsOfData } from '../../../client/src/error-words.ts';
import { ServerGaveUp, errorDataOf, isCancelled } from '../../../client/src/server-errors.ts';
import { ERROR_CODE, type ErrorData } from '../../../server/protocol/errors.ts';
import { english } from './english.ts';

const openai = { provider: 'openai', host: 'api.openai.com' };

/** As vscode-jsonrpc rejects a request. */
function responseError(code: number, data?: unknown): Error {
  return Object.assign(new Error('failed'), { code, data });
}

describe('words of errors', () => {
  it.each<[ErrorData, string, string]>([
    [{ kind: 'noApiKey', ...openai }, 'OpenAI needs an API key.', 'Set API Key…'],
    [
      { kind: 'apiKeyRefused', status: 401, ...openai },
      'OpenAI refused the API key (401).',
      'Set API Key…',
    ],
    [
      { kind: 'notFound', status: 404, ...openai },
      'api.openai.com answered 404: wrong address, or no such model.',
      'Open Setting',
    ],
    [{ kind: 'unreachable', ...openai }, 'api.openai.com cannot be reached.', 'Select Model…'],
    [{ kind: 'tls', ...openai }, 'api.openai.com’s certificate is not trusted.', 'Open Setting'],
    [{ kind: 'proxy', host: 'p:1' }, 'The proxy p:1 cannot be reached.', 'Open Setting'],
    [
      { kind: 'proxy', host: 'p:1', status: 407 },
      'The proxy p:1 asks for a name and password.',
      'Open Setting',
    ],
    [
      { kind: 'proxy', host: 'p:1', status: 403 },
      'The proxy p:1 does not connect to the provider (403).',
      'Open Setting',
    ],
    [
      { kind: 'confirmCost' },
      'Changed files are not indexed yet: they would cost more than you let pass unasked.',
      'Index Workspace',
    ],
    [
      { kind: 'consentNeeded', ...openai },
      'Nothing was sent to api.openai.com: you have not allowed it here.',
      'Review Permissions',
    ],
    [
      { kind: 'notInstalled', provider: 'transformers' },
      'Local models need @huggingface/transformers, which is not installed.',
      'Install…',
    ],
    [
      { kind: 'modelUnusable', provider: 'transformers' },
      'The local model is missing, damaged or too large. The log says which.',
      'Select Model…',
    ],
    [{ kind: 'newerCache' }, 'A newer version wrote this cache.', 'Check for Updates'],
    [{ kind: 'diskFull' }, 'The disk is full; new embeddings stay in memory only.', 'Clean Up…'],
    [
      { kind: 'damagedCache', recovered: 9870, total: 10_000 },
      'One cache file is damaged; 9,870 of 10,000 recovered. The file was kept.',
      'Show Details',
    ],
    [{ kind: 'damagedCache' }, 'One cache file is damaged. The file was kept.', 'Show Details'],
    [
      { kind: 'cacheUnusable' },
      'The cache folder cannot be used; new embeddings stay in memory only.',
      'Open Setting',
    ],
  ])('says what %o means, and what helps', (data, message, button) => {
    const words = wordsOfData(data, english);
    expect(words.message).toBe(message);
    expect(words.button.title).toBe(button);
  });

  it('opens the address setting of the provider that failed', () => {
    const words = wordsOfData({ kind: 'notFound', provider: 'openaiCompatible' }, english);
    expect(words.button.arguments).toEqual(['embeddingCache.openaiCompatible.baseUrl']);
  });

  it('offers a restart when the process was given up', () => {
    const words = wordsOf(new ServerGaveUp(), english);
    expect(words.message).toBe('The search process stopped five times. No embedding was lost.');
    expect(words.button.command).toBe('embeddingCache.restartServer');
  });

  it('shows the log for anything unforeseen, never the error itself', () => {
    const words = wordsOf(new Error('key sk-secret in a message'), english);
    expect(words.message).not.toContain('sk-secret');
    expect(words.button.command).toBe('embeddingCache.showLog');
  });
});

describe('errors of requests', () => {
  it('reads the data of our own errors only', () => {
    expect(errorDataOf(responseError(ERROR_CODE, { kind: 'tls' }))).toEqual({ kind: 'tls' });
    expect(errorDataOf(responseError(ERROR_CODE, 'tls'))).toBeNull();
    expect(errorDataOf(responseError(-32603, { kind: 'tls' }))).toBeNull();
    expect(errorDataOf('tls')).toBeNull();
  });

  it('knows a cancelled request from a failed one', () => {
    expect(isCancelled(responseError(-32800))).toBe(true);
    expect(isCancelled(new DOMException('aborted', 'AbortError'))).toBe(true);
    expect(isCancelled(responseError(ERROR_CODE))).toBe(false);
  });
});
