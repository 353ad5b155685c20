import { isTestFile } from '../test-files.ts';
import type { Signal } from './signal.ts';

/** Tests, documents, examples and copied code talk about the code that is looked for. */
const FACTOR = 0.5;

interface SideKind {
  matches(path: string): boolean;
  /** A query that asks for this kind gets it unweakened. */
  readonly askedBy: RegExp;
}

const SIDE_KINDS: readonly SideKind[] = [
  {
    matches: isTestFile,
    askedBy: /\b(?:tests?|tested|testing|specs?|mocks?|fixtures?)\b/i,
  },
  {
    matches: (path) =>
      /(?:^|\/)(?:docs?|documentation|examples?|_examples|samples?|demos?|bench|benchmarks?)\/|\.(?:md|mdx|rst|adoc|txt)$/i.test(
        path,
      ),
    askedBy:
      /\b(?:docs?|documentation|documented|examples?|samples?|demos?|benchmarks?|readme|changelog|tutorial|guide)\b/i,
  },
  {
    matches: (path) => /(?:^|\/)(?:vendor|vendored|third[_-]party|external|deps)\//i.test(path),
    askedBy: /\b(?:vendor|vendored|third[ _-]party)\b/i,
  },
];

export const sideFiles: Signal = {
  name: 'side files',
  scores(candidates, { text }) {
    const weakened = SIDE_KINDS.filter(({ askedBy }) => !askedBy.test(text));
    return candidates.map(({ chunk, score }) =>
      weakened.some((kind) => kind.matches(chunk.path)) ? score * FACTOR : score,
    );
  },
};
