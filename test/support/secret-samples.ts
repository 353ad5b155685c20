export interface SecretSample {
  /** The rule that is to find it. */
  readonly rule: string;
  /** A line of code that holds it. Invented, and only ever put together here. */
  readonly line: string;
}

const A = 'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx';
const OPENAI_MARK = ['T3Blbk', 'FJ'].join('');
const KEY_NAME = ['PRIVATE', 'KEY'].join(' ');
const NPM_HOST = ['registry', 'npmjs', 'org'].join('.');
const long = (length: number): string => A.repeat(20).slice(0, length);

/** One line for each kind of secret; scanners of this repository find none in this file. */
export const SECRET_SAMPLES: readonly SecretSample[] = [
  { rule: 'github', line: `const token = "ghp_${long(36)}";` },
  { rule: 'gitlab', line: `token: glpat-${long(20)}` },
  { rule: 'npm', line: `//${NPM_HOST}/:_authToken=npm_${long(36)}` },
  { rule: 'aws', line: `AWS_SECRET_ACCESS_KEY = ${long(37)}/Ab` },
  { rule: 'openai', line: `OPENAI = "sk-proj-${long(74)}${OPENAI_MARK}${long(74)}"` },
  { rule: 'anthropic', line: `key = "sk-ant-api03-${long(93)}AA"` },
  { rule: 'slack', line: `slack("xoxb-${'123456789012-'.repeat(2)}${long(24)}")` },
  { rule: 'stripe', line: `stripe.key = "sk_live_${long(24)}"` },
  { rule: 'sendgrid', line: `send("SG.${long(22)}.${long(43)}")` },
  { rule: 'basicauth', line: `fetch("https://admin:${long(12)}@intranet.corp.net/x")` },
  {
    rule: 'database-connection-string',
    line: `url = "postgres://admin:${long(12)}@db.corp.net/shop"`,
  },
  { rule: 'huggingface', line: `HF = "hf_${'aBcDeFgHiJ'.repeat(4).slice(0, 34)}"` },
  {
    rule: 'privatekey',
    line: `-----BEGIN RSA ${KEY_NAME}-----\\n${`${long(60)}\\n`.repeat(4)}-----END RSA ${KEY_NAME}-----`,
  },
];
