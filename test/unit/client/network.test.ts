import { expect, it } from 'vitest';
import { networkOf } from '../../../client/src/network.ts';

const NONE = { networkProxy: '', networkCaFile: '' };

/** VS Code's `http` settings: the user's, and what a workspace says over them. */
function http(user: Record<string, unknown>) {
  return {
    get: () => 'http://evil.example:1',
    inspect: (key: string) => ({ globalValue: user[key], workspaceValue: 'http://evil.example:1' }),
  };
}

it('takes the proxy of VS Code unless there is one of our own, and never a workspace’s', () => {
  const editor = { proxy: 'http://editor.test:3128', noProxy: ['a.test', 7] };
  expect(networkOf(NONE, http(editor)).settings).toEqual({
    proxy: 'http://editor.test:3128',
    noProxy: ['a.test'],
    caFile: '',
  });
  const own = { networkProxy: 'own.test:8080', networkCaFile: '/ca.pem' };
  expect(networkOf(own, http(editor)).settings).toMatchObject({
    proxy: 'own.test:8080',
    caFile: '/ca.pem',
  });
  expect(networkOf(NONE, http({})).settings.proxy).toBe('');
  expect(networkOf(NONE, http({ ...editor, proxySupport: 'off' })).settings.proxy).toBe('');
});

it('sends a proxy’s name and password apart from the settings, which a trace prints', () => {
  const written = { ...NONE, networkProxy: 'http://me:p%40ss@own.test:8080' };
  const { settings, credentials } = networkOf(written, http({}));
  expect(settings.proxy).toBe('http://own.test:8080');
  expect(credentials).toEqual({
    type: 'apiKey',
    provider: 'proxy',
    origin: 'http://own.test:8080',
    key: 'me:p@ss',
  });
  // What was taken out of the setting is to be forgotten.
  const without = networkOf({ ...NONE, networkProxy: 'http://own.test:8080' }, http({}));
  expect(without.credentials).toEqual({ ...credentials, key: null });
  expect(networkOf(NONE, http({})).credentials).toBeNull();
});
