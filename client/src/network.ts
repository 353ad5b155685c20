import type { ApiKeyMessage, NetworkSettings } from '../../server/protocol/settings.ts';
import type { Settings, SettingsReader } from './settings.ts';

/** How the server reaches the network, and what must not travel with its settings. */
export interface ClientNetwork {
  readonly settings: NetworkSettings;
  /** The proxy's name and password, with a null key where it has none; null without a proxy. */
  readonly credentials: ApiKeyMessage | null;
}

/**
 * Our own settings before those of VS Code. Only the user's values count: a repository could send
 * everything through a proxy of its own.
 */
export function networkOf(
  { networkProxy, networkCaFile: caFile }: Pick<Settings, 'networkProxy' | 'networkCaFile'>,
  http: SettingsReader,
): ClientNetwork {
  const user = (key: string): unknown => http.inspect(key)?.globalValue;
  const isOff = user('proxySupport') === 'off';
  const editorProxy = isOff ? '' : textOf(user('proxy'));
  const { proxy, pair } = withoutCredentials(networkProxy || editorProxy);
  const around = user('noProxy');
  const noProxy = Array.isArray(around) ? around.filter((each) => typeof each === 'string') : [];
  const origin = URL.parse(proxy)?.origin;
  return {
    settings: { proxy, noProxy, caFile },
    credentials:
      origin === undefined ? null : { type: 'apiKey', provider: 'proxy', origin, key: pair },
  };
}

/** A password has no place in messages that a trace prints. */
function withoutCredentials(written: string): { proxy: string; pair: string | null } {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(written) ? written : `http://${written}`);
  if (url === null || (url.username === '' && url.password === '')) {
    return { proxy: written, pair: null };
  }
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { proxy: url.origin, pair };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}
