import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';

/** A place in a text that looks like a key, token or password. */
export interface SecretFinding {
  /** 1-based, inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  /** Which rule matched, e.g. `github`; never the secret itself. */
  readonly rule: string;
}

const RULE_PREFIX = '@secretlint/secretlint-rule-';
const CONFIG = {
  rules: rules
    // A comment in a repository must not switch the check off.
    .filter(({ meta }) => meta.id !== `${RULE_PREFIX}filter-comments`)
    .map((rule) => ({ id: rule.meta.id, rule })),
};

/**
 * One end of a private key with some of its body: the preset wants both ends, and a chunk may hold
 * only one. The body may stand in string literals.
 */
const KEY_HALVES: readonly RegExp[] = [
  /-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?:\\r|\\n|[\s"'`+,]){0,20}[A-Za-z0-9+/=]{40}/g,
  /[A-Za-z0-9+/=]{20}(?:\\r|\\n|[\s"'`+,]){0,20}-----END [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----/g,
];

/** Everything in the text that looks secret, by secretlint's recommended rules. Sends nothing. */
export async function findSecrets(text: string): Promise<SecretFinding[]> {
  // It would keep a mark of every rule and text for ever.
  secretLintProfiler.setEnabled(false);
  const { messages } = await lintSource({
    source: { content: text, filePath: 'chunk.txt', ext: '.txt', contentType: 'text' },
    options: { config: CONFIG, noPhysicFilePath: true },
  });
  const found = messages.map(({ loc, ruleId }) => ({
    startLine: loc.start.line,
    endLine: loc.end.line,
    rule: ruleId.replace(RULE_PREFIX, ''),
  }));
  return found.length > 0 ? found : keyHalves(text);
}

function keyHalves(text: string): SecretFinding[] {
  return KEY_HALVES.flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match) => ({
      startLine: lineAt(text, match.index),
      endLine: lineAt(text, match.index + match[0].length),
      rule: 'privatekey',
    })),
  );
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
