import { expect, it } from 'vitest';
import { isSecretPath } from '../../../server/src/core/files/secret-names.ts';

it.each([
  '.env',
  '.env.production',
  'deploy/prod.env',
  '.ENV',
  'certs/server.pem',
  'a.key',
  'b.p12',
  'id_rsa',
  'id_rsa.pub',
  'keys/id_ed25519_sk',
  'id_deploy',
  '.npmrc',
  'home/.netrc',
  '.aws/credentials',
  'x/.ssh/known_hosts',
  '.kube/config',
  'infra/terraform.tfstate',
  'infra/terraform.tfstate.backup',
  'prod.tfvars',
  '.git-credentials',
])('keeps %s out', (path) => {
  expect(isSecretPath(path)).toBe(true);
});

it.each([
  'src/env.ts',
  'environment.md',
  'src/id_map.ts',
  'keyboard.ts',
  'monkey.py',
  'aws/client.go',
  'ssh/session.rs',
  'public.key.ts',
])('lets %s in', (path) => {
  expect(isSecretPath(path)).toBe(false);
});
