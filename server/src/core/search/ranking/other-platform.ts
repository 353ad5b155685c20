import type { Signal } from './signal.ts';

const FACTOR = 0.7;

/** Names by which folders and files say for which systems they are. */
const FAMILIES = {
  windows: 'win|win32|win64|windows|mswin|cygwin|mingw',
  apple: 'darwin|macos|osx|mac',
  bsd: 'bsd|freebsd|openbsd|netbsd',
  otherUnix: 'aix|os390|zos|sunos|solaris|ibmi|haiku|hurd|qnx',
  linux: 'linux',
  unix: 'unix|posix',
};
type Family = keyof typeof FAMILIES;

/** What runs on a platform, besides code that names none. */
const AT_HOME: Partial<Record<NodeJS.Platform, readonly Family[]>> = {
  win32: ['windows'],
  darwin: ['apple', 'unix'],
  linux: ['linux', 'unix'],
};

/**
 * The same thing written for another system than the user's stands behind: on Linux `unix/pipe.c`
 * comes before `win/pipe.c`. A query that names a system gets its code unweakened.
 */
export function otherPlatform(platform: NodeJS.Platform): Signal {
  const home = AT_HOME[platform];
  const away = (Object.keys(FAMILIES) as Family[])
    .filter((family) => home !== undefined && !home.includes(family))
    .map((family) => ({
      path: new RegExp(`(?:^|[/._-])(?:${FAMILIES[family]})(?=[/._-])`, 'i'),
      askedBy: new RegExp(`\\b(?:${FAMILIES[family]})\\b`, 'i'),
    }));
  return {
    name: 'other platform',
    scores(candidates, { text }) {
      const weakened = away.filter(({ askedBy }) => !askedBy.test(text));
      return candidates.map(({ chunk, score }) =>
        weakened.some(({ path }) => path.test(chunk.path)) ? score * FACTOR : score,
      );
    },
  };
}
