import type { Signal } from './signal.ts';

const BONUS = 0.3;

/** The query names the file itself: `router.go`, `src/app.ts`. */
export const namedFile: Signal = {
  name: 'named file',
  scores(candidates, { text }) {
    const named = (text.match(/[\p{L}\p{N}_@./-]*\.[\p{L}\p{N}]+/gu) ?? []).map(
      (path) => `/${path.replace(/^[./]+/, '').toLowerCase()}`,
    );
    return candidates.map(({ chunk, score }) => {
      const path = `/${chunk.path.toLowerCase()}`;
      return named.some((name) => path.endsWith(name)) ? score + BONUS : score;
    });
  },
};
