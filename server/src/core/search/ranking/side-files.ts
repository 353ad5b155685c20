import type { Signal } from './signal.ts';

/** Tests, documents, examples and copied code talk about the code that is looked for. */
const FACTOR = 0.7;

interface SideKind {
  readonly path: RegExp;
  /** A query that asks for this kind gets it unweakened. */
  readonly askedBy: RegExp;
}

const SIDE_KINDS: readonly SideKind[] = [
  {
    path: /(?:^|\/)(?:tests?|__tests__|specs?|testing|testdata|fixtures?|__mocks__|mocks?|e2e)\/|(?:^|\/)(?:test_[^/]*|conftest\.[^/]*)$|[._-](?:test|tests|spec)\.[^/]+$|[a-z]Tests?\.[^/]+$/,
    askedBy: /\b(?:tests?|tested|testing|specs?|mocks?|fixtures?)\b/i,
  },
  {
    path: /(?:^|\/)(?:docs?|documentation|examples?|_examples|samples?|demos?|bench|benchmarks?)\/|\.(?:md|mdx|rst|adoc|txt)$/i,
    askedBy:
      /\b(?:docs?|documentation|documented|examples?|samples?|demos?|benchmarks?|readme|changelog|tutorial|guide)\b/i,
  },
  {
    path: /(?:^|\/)(?:vendor|vendored|third[_-]party|external|deps)\//i,
    askedBy: /\b(?:vendor|vendored|third[ _-]party)\b/i,
  },
];

export const sideFiles: Signal = {
  name: 'side files',
  scores(candidates, { text }) {
    const weakened = SIDE_KINDS.filter(({ askedBy }) => !askedBy.test(text));
    return candidates.map(({ chunk, score }) =>
      weakened.some(({ path }) => path.test(chunk.path)) ? score * FACTOR : score,
    );
  },
};
