import { spawn } from 'node:child_process';
import process from 'node:process';
import { UserError } from './program.mjs';

/** Of a failed command's output: npm says what is wrong first, compilers last. */
const HEAD_LINES = 15;
const TAIL_LINES = 30;
const TERM_GRACE_MS = 5000;

/**
 * Runs a command quietly and gives its stdout. When it fails, the error carries the ends of what it
 * printed. Aborting ends the command with everything it started.
 */
export async function run(
  command,
  args,
  { cwd, env, signal, shell = false, stderr = 'pipe' } = {},
) {
  const group = startGroup(command, args, { cwd, env, shell, stderr });
  const end = () => void group.stop();
  signal?.addEventListener('abort', end, { once: true });
  try {
    if (signal?.aborted) await group.stop();
    const status = await group.exited;
    signal?.throwIfAborted();
    if (status !== 0) {
      throw new UserError(
        `${[command, ...args].join(' ')} failed (${status})\n${endsOf(group.output())}`,
      );
    }
    return group.stdout();
  } finally {
    signal?.removeEventListener('abort', end);
  }
}

function endsOf(output) {
  const lines = output.trimEnd().split('\n');
  if (lines.length <= HEAD_LINES + TAIL_LINES) return lines.join('\n');
  return [...lines.slice(0, HEAD_LINES), '…', ...lines.slice(-TAIL_LINES)].join('\n');
}

/** Runs a command whose output goes straight to ours, and gives its exit code. */
export async function runAttached(command, args, { cwd, env, signal, shell = false } = {}) {
  signal?.throwIfAborted();
  const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', 'inherit', 'inherit'] });
  const end = () => child.kill('SIGTERM');
  signal?.addEventListener('abort', end, { once: true });
  try {
    const status = await exitOf(child);
    signal?.throwIfAborted();
    return status;
  } finally {
    signal?.removeEventListener('abort', end);
  }
}

/**
 * Starts a command in a process group of its own, so that `stop` ends it with all it has started.
 * `exited` gives the exit code, or the name of the signal that ended it.
 */
export function startGroup(command, args, { cwd, env, shell = false, stderr = 'pipe' } = {}) {
  const child = spawn(command, args, {
    cwd,
    env,
    shell,
    stdio: ['ignore', 'pipe', stderr],
    detached: process.platform !== 'win32',
  });
  let stdout = '';
  let output = '';
  const hear = (text) => {
    output += text;
  };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
    hear(text);
  });
  child.stderr?.setEncoding('utf8').on('data', hear);
  const exited = exitOf(child);
  // Whoever awaits `exited` sees a failure to start; here it must only not count as unhandled.
  exited.catch(() => undefined);

  return {
    pid: child.pid,
    exited,
    stdout: () => stdout,
    /** stdout and stderr as they came. */
    output: () => output,
    async stop() {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      killTree(child, 'SIGTERM');
      const timer = setTimeout(() => killTree(child, 'SIGKILL'), TERM_GRACE_MS);
      await exited.catch(() => undefined);
      clearTimeout(timer);
      // The leader may be gone before those it started.
      killTree(child, 'SIGKILL');
    },
  };
}

function exitOf(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signalName) => resolve(code ?? signalName));
  });
}

function killTree(child, signalName) {
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' });
    return;
  }
  try {
    process.kill(-child.pid, signalName);
  } catch (error) {
    // ESRCH: the whole group has ended already, which is what was asked for.
    if (error.code !== 'ESRCH') throw error;
  }
}
