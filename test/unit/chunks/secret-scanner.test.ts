import { createRequire } from 'node:module';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createSecretScanner,
  SECRET_CHECK,
  type SecretScanner,
} from '../../../server/src/core/chunks/secret-scanner.ts';
import { SECRET_SCAN_WORKER } from '../../support/provider-deps.ts';
import { SECRET_SAMPLES } from '../../support/secret-samples.ts';

const { signal } = new AbortController();
let scanner: SecretScanner | null = null;

afterEach(async () => {
  await scanner?.close();
  scanner = null;
});

function open(workerFile = SECRET_SCAN_WORKER, limitMs = 5000): SecretScanner {
  return (scanner = createSecretScanner({ workerFile, limitMs }));
}

describe('the check for secrets', () => {
  it('is named after the version of its rules, so that new rules look at everything again', () => {
    const rules = '@secretlint/secretlint-rule-preset-recommend/package.json';
    const { version } = createRequire(import.meta.url)(rules) as { version: string };
    expect(SECRET_CHECK).toContain(`secretlint-${version} `);
  });

  it.each(SECRET_SAMPLES)('finds $rule, and says on which line', async ({ rule, line }) => {
    const [found] = await open().scan([`// first\n${line}\n// last\n`], signal);
    expect(found?.map((finding) => finding.rule)).toContain(rule);
    expect(found?.[0]).toMatchObject({ startLine: 2 });
  });

  it('finds a private key of which a chunk holds only one end', async () => {
    const body = 'MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7MXvVHsLJ';
    const found = await open().scan(
      [
        `key = """-----BEGIN RSA PRIVATE KEY-----\n${body}\n${body}\n`,
        `${body}\n${body}\n-----END RSA PRIVATE KEY-----"""`,
        `"-----BEGIN PRIVATE KEY-----\\n${body}" +`,
      ],
      signal,
    );
    expect(found.map((findings) => findings[0]?.rule)).toEqual(Array(3).fill('privatekey'));
  });

  it('lets ordinary code pass, also code that speaks of keys and passwords', async () => {
    const found = await open().scan(
      [
        'export function checkPassword(password: string, hash: string): boolean {',
        'const header = "-----BEGIN PRIVATE KEY-----"; if (pem.startsWith(header)) parse(pem);',
        'const apiKey = process.env.OPENAI_API_KEY;',
        'sha512-oHBsfEjn3x1p1dTGEJQZ7l2tjYwXv8n7g5l0sXW4Wm8Ff0Pz0j3lWmUO9S0G2VxkqKZ0b8y3mK2==',
        '',
      ],
      signal,
    );
    expect(found).toEqual([[], [], [], [], []]);
  });

  it('is not switched off by a comment in the code', async () => {
    const token = SECRET_SAMPLES.find(({ rule }) => rule === 'github')!.line;
    const [found] = await open().scan([`// secretlint-disable\n${token}\n`], signal);
    expect(found).toHaveLength(1);
  });

  it('ends a check that takes too long, holds that text back and goes on', async () => {
    const slow = path.join(import.meta.dirname, '../../support/slow-scan-worker.mjs');
    const found = await open(slow, 300).scan(['quick', `${'a'.repeat(60)}\nb`, 'quick'], signal);
    expect(found).toEqual([[], [{ startLine: 1, endLine: 2, rule: 'unchecked' }], []]);
  });

  it('says so when it cannot run at all', async () => {
    const failing = open('/nowhere/worker.js').scan(['text'], signal);
    await expect(failing).rejects.toMatchObject({ kind: 'internal' });
  });

  it('takes no longer than its limit on lines made to make patterns run away', async () => {
    const lines = [
      'a'.repeat(1e6),
      '://'.repeat(3e5),
      `https://a:${'b'.repeat(1e6)}`,
      '-----BEGIN '.repeat(9e4),
      'AWS_SECRET_ACCESS_KEY='.repeat(4e4),
      ' '.repeat(1e6),
      'postgres://u:'.repeat(7e4),
      `xoxb-${'1'.repeat(1e6)}`,
      'MIIEpAIBAAKCAQEA0Z3VS5'.repeat(4e4),
    ];
    const startedAt = performance.now();
    await open().scan(lines, signal);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });
});
