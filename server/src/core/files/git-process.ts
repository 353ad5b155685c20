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
 * but for filters: see `filterOverrides`.
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

/**
 * Environment that takes the programs out of filters which the repository itself configures
 * (`git status` runs them on files whose time changed); the user's own, such as LFS, stay. Null when
 * git is too old to tell where a setting comes from.
 */
export async function filterOverrides(
  folder: string,
  signal: AbortSignal,
): Promise<Record<string, string> | null> {
  const listed = await askGit(folder, ['config', '--show-scope', '--list', '-z'], signal);
  if (listed === null) return null;
  const drivers = new Set<string>();
  const fields = listed.toString('utf8').split('\0');
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const scope = fields[i];
    const name = fields[i + 1]!.split('\n', 1)[0]!;
    if (scope !== 'local' && scope !== 'worktree') continue;
    const driver = /^filter\.(.+)\.(?:clean|smudge|process|required)$/s.exec(name)?.[1];
    if (driver !== undefined) drivers.add(driver);
  }
  const settings = [...drivers].flatMap((driver) => [
    [`filter.${driver}.clean`, ''],
    [`filter.${driver}.process`, ''],
    [`filter.${driver}.required`, 'false'],
  ]);
  const overrides: Record<string, string> = { GIT_CONFIG_COUNT: String(settings.length) };
  for (const [i, [key, value]] of settings.entries()) {
    overrides[`GIT_CONFIG_KEY_${i}`] = key!;
    overrides[`GIT_CONFIG_VALUE_${i}`] = value!;
  }
  return overrides;
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
