import { describe, expect, it } from 'vitest';
import { describeProvider } from '../../../server/src/core/providers/describe-provider.ts';
import { providerConfigOf } from '../../../server/src/core/providers/provider-config.ts';
import { endpointOf } from '../../../server/src/core/providers/remote/endpoint.ts';

describe('endpointOf', () => {
  it('keeps the path without its last slash, and binds keys to the origin', () => {
    expect(endpointOf('openai', ' https://Proxy.example.com:8443/team/v1/ ')).toEqual({
      baseUrl: 'https://proxy.example.com:8443/team/v1',
      origin: 'https://proxy.example.com:8443',
      host: 'proxy.example.com:8443',
      loopback: false,
    });
  });

  it.each([
    'http://127.0.0.1:1234/v1',
    'http://127.1:1234',
    'http://localhost/v1',
    'http://[::1]:8080/v1',
    'https://localhost/v1',
  ])('lets %s be plain, as it stays on this computer', (url) => {
    expect(endpointOf('openaiCompatible', url).loopback).toBe(true);
  });

  it.each([
    'http://example.com/v1',
    'http://127.0.0.1.example.com/v1',
    'http://localhost.example.com/v1',
    'http://[::ffff:127.0.0.1]/v1',
    'http://0.0.0.0/v1',
    'http://10.0.0.1/v1',
    'ftp://localhost/v1',
    'file:///etc/passwd',
    'api.openai.com/v1',
    '',
    'https://user:sk-CANARY@example.com/v1',
    'https://example.com/v1?key=sk-CANARY',
    'https://example.com/v1#sk-CANARY',
  ])('refuses %s, without repeating it', (url) => {
    expect(() => endpointOf('openaiCompatible', url)).toThrow(
      expect.objectContaining({
        kind: 'badSettings',
        message: expect.not.stringMatching(/CANARY|v1\?|etc/) as string,
      }),
    );
  });
});

describe('describeProvider', () => {
  it('names host and default model without opening anything', () => {
    expect(describeProvider(providerConfigOf('openai'))).toEqual({
      name: 'openai',
      model: 'text-embedding-3-small',
      address: 'https://api.openai.com/v1',
      host: 'api.openai.com',
      local: false,
    });
  });

  it('knows that a server on this computer is local, and bears an unusable address', () => {
    const compatible = providerConfigOf('openaiCompatible', { model: 'm' });
    expect(describeProvider({ ...compatible, baseUrl: 'http://localhost:1234/v1' })).toMatchObject({
      host: 'localhost:1234',
      local: true,
    });
    expect(describeProvider({ ...compatible, baseUrl: 'not an address' })).toMatchObject({
      host: null,
      local: false,
    });
  });
});
