import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

const CLI = path.join(import.meta.dirname, '../../dist/cli.js');

export interface CliRun {
  readonly exitCode: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly cwd?: string;
  readonly nodeOptions?: readonly string[];
}

/** Starts the built CLI with an environment that holds nothing but what is given. */
export function startCli(
  args: readonly string[],
  options: CliOptions = {},
): { child: ChildProcess; ended: Promise<CliRun> } {
  const child = spawn(process.execPath, [...(options.nodeOptions ?? []), CLI, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'], HOME: options.cwd, ...options.env },
    stdio: 'pipe',
  });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (part: Buffer) => stdout.push(part));
  child.stderr.on('data', (part: Buffer) => stderr.push(part));
  // The CLI may end before it has read all of its input.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.stdin ?? '');
  const ended = new Promise<CliRun>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => {
      const text = Buffer.concat(stderr).toString();
      resolve({ exitCode, stdout: Buffer.concat(stdout), stderr: text });
    });
  });
  return { child, ended };
}

export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  return startCli(args, options).ended;
}

/** Data of a run that must succeed. */
export async function runJson<T>(args: readonly string[], options: CliOptions = {}): Promise<T> {
  const { exitCode, stdout, stderr } = await runCli([...args, '--json'], options);
  if (exitCode !== 0)
    throw new Error(`${args.join(' ')} ended with ${String(exitCode)}: ${stderr}`);
  return JSON.parse(stdout.toString()) as T;
}
