import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** `FAULTS=full`: every point of a sweep, not a sample. */
export const FULL = process.env['FAULTS'] === 'full';

const onLinux = process.platform === 'linux';

/** Null where the tool can be used, else why the tests that need it are skipped. */
export const whyNoStrace = !onLinux ? 'strace is for Linux' : whyNot('strace', ['-V']);
export const whyNoMount =
  !onLinux || process.getuid?.() !== 0 ? 'mounting a small disk needs root on Linux' : tryMount();
export const whyNoUnshare =
  !onLinux || process.getuid?.() !== 0
    ? 'a network of its own needs root on Linux'
    : (whyNot('ip', ['-V']) ?? whyNot('unshare', ['-n', 'ip', 'link', 'set', 'lo', 'up']));
export const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1'.replace(
  'x86_64',
  process.arch === 'arm64' ? 'aarch64' : 'x86_64',
);
export const whyNoFaketime = existsSync(FAKETIME) ? null : 'the package libfaketime is missing';

/** A test's name, with the reason if it is to be skipped. */
export function named(name: string, why: string | null): string {
  return why === null ? name : `${name} (skipped: ${why})`;
}

export interface Injection {
  /** System calls, such as `pwrite64`. */
  readonly calls: string;
  /** What happens to them, such as `error=EIO:when=3+`. */
  readonly fault: string;
  /** Only for these files. */
  readonly files?: readonly string[];
}

/** The command line that runs a program with a fault in its system calls. */
export function straceOf(...injections: readonly Injection[]): string[] {
  const calls = [...new Set(injections.flatMap(({ calls }) => calls.split(',')))].join(',');
  return [
    ...['strace', '-f', '-qq', '--seccomp-bpf', '-o', '/dev/null'],
    ...injections.flatMap(({ files = [] }) => files.flatMap((file) => ['-P', file])),
    ...['-e', `trace=${calls}`],
    ...injections.flatMap(({ calls, fault }) => ['-e', `inject=${calls}:${fault}`]),
  ];
}

/** Mounts a disk of its own size on a directory, or changes it: `size=1m`, `remount,size=8m`. */
export function mountDisk(directory: string, options: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', directory]);
}

export function unmountDisk(directory: string): void {
  execFileSync('umount', ['-l', directory]);
}

function whyNot(command: string, args: readonly string[]): string | null {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return null;
  } catch {
    return `${command} is missing`;
  }
}

function tryMount(): string | null {
  const directory = execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory], {
      stdio: 'ignore',
    });
    unmountDisk(directory);
    return null;
  } catch {
    return 'this container may not mount a disk';
  } finally {
    execFileSync('rmdir', [directory]);
  }
}
