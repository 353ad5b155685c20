import { spawn } from 'node:child_process';
import { devNull } from 'node:os';

/** A hanging file system must not hang us; then the folder is walked. */
const TIME_LIMIT_MS = 60_000;
/** Some 2 million files; beyond that the folder is walked. */
const MOST_BYTES = 512 << 20;

/** Settings a repository may carry that make git run programs, switched off. */
const HARMLESS = [
  '-c',
  'core.fsmonitor=',
  '-c',
  `core.hooksPath=${devNull}`,
  '-c',
  'core.quotePath=false',
  '-c',
  'submodule.recurse=false',
];

/**
 * What git prints about a folder; null when it cannot say: no git, no repository, another owner's.
 * Takes no locks, fetches nothing, asks nothing, and runs nothing that the repository configures,
 * but for filters: see `GitFilters`.
 */
export async function askGit(
  folder: string,
  args: readonly string[],
  signal: AbortSignal,
  overrides: Readonly<Record<string, string>> = {},
): Promise<Buffer | null> {
  signal.throwIfAborted();
  const done = Promise.withResolvers<Buffer | null>();
  // By -C, not as working directory: Windows would look for git.exe in there first.
  const child = spawn('git', ['-C', folder, ...HARMLESS, ...args], {
    env: { ...environment(), ...overrides },
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
    timeout: TIME_LIMIT_MS,
    signal,
  });
  const parts: Buffer[] = [];
  let length = 0;
  child.stdout.on('data', (part: Buffer) => {
    parts.push(part);
    length += part.length;
    if (length > MOST_BYTES) child.kill();
  });
  child.on('error', () => {
    done.resolve(null);
  });
  child.on('close', (code) => {
    done.resolve(code === 0 && length <= MOST_BYTES ? Buffer.concat(parts, length) : null);
  });
  const output = await done.promise;
  signal.throwIfAborted();
  return output;
}

/** Nothing that was set for another repository, or for a git process that called us. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return {
    ...Object.fromEntries(own),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: '',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  };
}
