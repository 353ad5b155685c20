import { describe, expect, it } from 'vitest';
import { possibleKeyOwners } from '../../../client/src/api-key-owner.ts';
import { endpointOf, isLoopback, originOf } from '../../../client/src/endpoint.ts';
import { readSettings } from '../../../client/src/settings.ts';

const settings = readSettings({ get: () => undefined, inspect: () => undefined }, []);

describe('originOf', () => {
  it.each([
    ['https://api.openai.com/v1', 'https://api.openai.com'],
    ['https://example.com:8443/', 'https://example.com:8443'],
    ['http://127.0.0.1:1234/v1', 'http://127.0.0.1:1234'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
  ])('takes %s', (address, origin) => {
    expect(originOf(address)).toBe(origin);
  });

  it.each([
    'http://example.com/v1',
    'http://127.0.0.1.evil.example/v1',
    'https://user:secret@example.com/v1',
    'ftp://example.com',
    'file:///etc/passwd',
    'api.openai.com',
    '',
  ])('refuses %s', (address) => {
    expect(originOf(address)).toBeNull();
  });
});

describe('isLoopback', () => {
  it('knows this computer from others that look like it', () => {
    expect(isLoopback('http://localhost:11434')).toBe(true);
    expect(isLoopback('http://127.1.2.3')).toBe(true);
    expect(isLoopback('https://localhost.evil.example')).toBe(false);
    expect(isLoopback('https://api.openai.com')).toBe(false);
  });
});

describe('endpointOf', () => {
  it('is nowhere for the built-in model', () => {
    expect(endpointOf(settings)).toBeNull();
  });

  it('is the configured address of the configured provider', () => {
    const compatible = {
      ...settings,
      provider: 'openaiCompatible' as const,
      model: 'nomic',
      compatibleBaseUrl: 'http://localhost:1234/v1',
    };
    expect(endpointOf(compatible)).toEqual({
      provider: 'openaiCompatible',
      model: 'nomic',
      baseUrl: 'http://localhost:1234/v1',
      origin: 'http://localhost:1234',
    });
  });
});

describe('possibleKeyOwners', () => {
  it('leaves out a provider without a usable address, and puts the configured one first', () => {
    expect(possibleKeyOwners(settings).map(({ provider }) => provider)).toEqual([
      'openai',
      'ollama',
      'cohere',
      'voyage',
      'gemini',
      'mistral',
      'jina',
    ]);
    const both = {
      ...settings,
      provider: 'openaiCompatible' as const,
      compatibleBaseUrl: 'https://llm.example/v1',
    };
    expect(
      possibleKeyOwners(both)
        .slice(0, 2)
        .map(({ origin }) => origin),
    ).toEqual(['https://llm.example', 'https://api.openai.com']);
  });
});
