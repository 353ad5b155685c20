/**
 * Names under which keys and passwords are kept. Such files are never read, whatever ignore files
 * or settings say. Compared without regard to case.
 */
const SECRET_FILES: readonly RegExp[] = [
  /^\.env/,
  /\.env$/,
  /\.(?:pem|key|p8|p12|pfx|ppk|jks|keystore|kdbx|ovpn|mobileprovision)$/,
  // SSH keys with any suffix (`id_rsa.old`); other `id_…` names only without an extension, so that
  // a source file such as `id_map.ts` stays.
  /^id_(?:rsa|dsa|ecdsa|ed25519|xmss)(?:$|[._-])/,
  /^id_[^.]*$/,
  /^\.(?:npmrc|pypirc|netrc|pgpass|my\.cnf|htpasswd|git-credentials|dockercfg|s3cfg|boto)$/,
  /^\.vault[-_]token$/,
  /^_netrc$/,
  /\.tfstate(?:\.|$)/,
  /\.tfvars(?:\.json)?$/,
];

const SECRET_FOLDERS: ReadonlySet<string> = new Set([
  '.aws',
  '.azure',
  '.docker',
  '.gnupg',
  '.kube',
  '.ssh',
]);

/** Whether the path itself, or a folder on the way to it, is on the list. */
export function isSecretPath(path: string): boolean {
  const names = path.toLowerCase().split('/');
  const name = names.pop() ?? '';
  return names.some((folder) => SECRET_FOLDERS.has(folder)) || isSecretFile(name);
}

export function isSecretFolder(name: string): boolean {
  return SECRET_FOLDERS.has(name.toLowerCase());
}

function isSecretFile(name: string): boolean {
  return SECRET_FILES.some((pattern) => pattern.test(name));
}
