import { spawnSync } from 'node:child_process';

/** Starts a command in a user namespace of its own, in which the system gives no file watch. */
export const WITHOUT_WATCHES = [
  'unshare',
  ...['--user', '--map-root-user'],
  ...['sh', '-c', 'echo 0 > /proc/sys/user/max_inotify_watches && exec "$@"', 'sh'],
] as const;

/** Null where watches can be used up for a process of ours alone, else why not. */
export const whyNoWatchLimit = process.platform !== 'linux' ? 'inotify is Linux’s' : tryIt();

function tryIt(): string | null {
  const [command, ...args] = WITHOUT_WATCHES;
  const { status } = spawnSync(command, [...args, 'true'], { stdio: 'ignore' });
  return status === 0 ? null : 'this machine allows no user namespaces';
}
