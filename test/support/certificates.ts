import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Null where certificates can be made, else why the tests that need them are skipped. */
export const whyNoCertificates = whyNot();

/** A certificate and its key, in PEM form. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface Authority {
  /** File of the authority's own certificate. */
  readonly file: string;
  /** Signs a certificate for these names, such as `DNS:api.example.test` or `IP:127.0.0.1`. */
  issue(...names: string[]): Certificate;
}

/** A certificate that nobody but itself signed. */
export function selfSigned(directory: string, ...names: string[]): Certificate {
  return request(directory, 'self-signed', names, []);
}

/** A certificate authority that no system knows. */
export function createAuthority(directory: string): Authority {
  request(directory, 'authority', [], ['-addext', 'basicConstraints=critical,CA:TRUE']);
  const file = path.join(directory, 'authority.pem');
  let issued = 0;
  return {
    file,
    issue: (...names) => {
      const key = path.join(directory, 'authority.key');
      return request(directory, `issued-${issued++}`, names, ['-CA', file, '-CAkey', key]);
    },
  };
}

function request(
  directory: string,
  name: string,
  names: readonly string[],
  more: readonly string[],
): Certificate {
  const file = (ending: string) => path.join(directory, `${name}.${ending}`);
  const config = file('cnf');
  // The machine's own configuration plays no part.
  writeFileSync(config, '[req]\ndistinguished_name = dn\n[dn]\n');
  const alternative = names.length === 0 ? [] : ['-addext', `subjectAltName=${names.join(',')}`];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-config', config, '-subj', `/CN=${name}`, '-days', '2'],
      ...['-keyout', file('key'), '-out', file('pem'), ...alternative, ...more],
    ],
    { stdio: 'pipe' },
  );
  return { cert: readFileSync(file('pem'), 'utf8'), key: readFileSync(file('key'), 'utf8') };
}

function whyNot(): string | null {
  try {
    const version = execFileSync('openssl', ['version'], { encoding: 'utf8' });
    return /^OpenSSL [3-9]/.test(version) ? null : 'openssl 3 is missing';
  } catch {
    return 'openssl is missing';
  }
}
