import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { providers } from '../../../client/src/providers.ts';
import { providerConfigOf } from '../../../server/src/core/providers/provider-config.ts';
import { PROVIDERS, providerKind } from '../../../server/src/core/providers/provider-table.ts';
import { PROVIDER_KINDS } from '../../../server/src/frontends/cli/cli-settings.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (name: string): string => readFileSync(path.join(root, name), 'utf8');
const kinds = PROVIDERS.map(({ kind }) => kind);

describe('the provider table', () => {
  it('is what the command line, the setting and the editor offer', () => {
    const manifest = JSON.parse(read('package.json')) as {
      contributes: { configuration: { properties: Record<string, { enum?: string[] }> } };
    };
    const setting = manifest.contributes.configuration.properties['embeddingCache.provider'];
    expect(PROVIDER_KINDS).toEqual(kinds);
    expect(setting?.enum).toEqual(kinds);
    expect(providers.map(({ kind }) => kind)).toEqual(kinds);
  });

  it('agrees with the editor on names, addresses and keys', () => {
    for (const known of providers) {
      const { name, remote } = providerKind(known.kind);
      if (known.name !== null) expect(known.name).toBe(name);
      expect(known.ownAddress).toBe(remote?.ownAddress ?? null);
      expect(known.needsKey).toBe(remote?.keyNeeded ?? false);
      // In Azure a deployment, which each user names otherwise, stands for the model.
      const unnamed = known.kind === 'azureOpenai' ? '' : (remote?.models[0] ?? '');
      expect(known.defaultModel).toBe(unnamed);
      expect(known.keyVariables).toEqual(remote?.keyVariables ?? []);
    }
  });

  it('is explained in the README, with each variable a key is read from', () => {
    const readme = read('README.md');
    for (const { remote } of PROVIDERS) {
      for (const name of remote?.keyVariables ?? []) expect(readme).toContain(name);
    }
  });

  it('names each provider’s host before it is opened', () => {
    const hosts = PROVIDERS.map((row) => row.describe(providerConfigOf(row.kind)).host);
    expect(hosts).toEqual([
      null,
      'api.openai.com',
      null,
      null,
      '127.0.0.1:11434',
      'api.cohere.com',
      'api.voyageai.com',
      'generativelanguage.googleapis.com',
      'api.mistral.ai',
      'api.jina.ai',
      null,
    ]);
  });

  it('refuses a name that is not in it', () => {
    expect(() => providerKind('nobody')).toThrow(expect.objectContaining({ kind: 'badSettings' }));
  });
});
