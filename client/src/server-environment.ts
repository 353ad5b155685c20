/**
 * Variables the server needs: where the user's folders and models are, how to find `git`, the language of
 * messages. Everything else stays behind, API keys of other tools above all.
 */
const allowed = [
  'APPDATA',
  'COMSPEC',
  'EMBEDDINGCACHE_DIR',
  'HF_HOME',
  'HF_HUB_CACHE',
  'HOME',
  'HOMEDRIVE',
  'HOMEPATH',
  'HUGGINGFACE_HUB_CACHE',
  'LANG',
  'LC_ALL',
  'LOCALAPPDATA',
  'PATH',
  'PATHEXT',
  'SYSTEMDRIVE',
  'SYSTEMROOT',
  'TEMP',
  'TMP',
  'TMPDIR',
  'TZ',
  'USERPROFILE',
  'WINDIR',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
];

/** The environment of the server process: an allow-list of the parent's. */
export function serverEnvironment(
  parent: NodeJS.ProcessEnv,
  versions: Readonly<Record<string, string | undefined>>,
): NodeJS.ProcessEnv {
  // Windows compares names without case: `Path`.
  const kept = Object.entries(parent).filter(([name]) => allowed.includes(name.toUpperCase()));
  const env: NodeJS.ProcessEnv = Object.fromEntries(kept);
  if (versions['electron'] !== undefined) env['ELECTRON_RUN_AS_NODE'] = '1';
  return env;
}
