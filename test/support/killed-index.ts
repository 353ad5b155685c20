import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export type IndexEvent =
  | { readonly kind: 'read' | 'done' }
  | { readonly kind: 'asked'; readonly texts: readonly string[] };

export interface KilledIndexOptions {
  readonly cacheDir: string;
  readonly folder: string;
  readonly git: boolean;
  /** Kill after so many files read and requests made. */
  readonly after: number;
  /** And so many milliseconds. */
  readonly thenMs: number;
}

export interface KilledIndex {
  /** False where it had ended before. */
  readonly killed: boolean;
  /** Texts whose vectors must have been stored: another request went out after theirs. */
  readonly stored: readonly string[];
  /** Texts of the last request of a killed process, stored or not. */
  readonly open: readonly string[];
}

const PROGRAM = path.join(import.meta.dirname, 'index-process.ts');

/** Indexes a folder in a process of its own and kills that (SIGKILL) on the way. */
export async function killWhileIndexing(options: KilledIndexOptions): Promise<KilledIndex> {
  const { cacheDir, folder, git, after, thenMs } = options;
  const child = fork(PROGRAM, [cacheDir, folder, String(git)], {
    execArgv: ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON'],
  });
  const exited = once(child, 'exit');
  const events: IndexEvent[] = [];
  const isDone = () => events.at(-1)?.kind === 'done';
  const reached = new Promise<unknown>((resolve) => {
    child.on('message', (event: IndexEvent) => {
      events.push(event);
      if (events.length >= after || isDone()) resolve(null);
    });
  });
  await Promise.race([reached, exited]);
  await wait(thenMs);
  child.kill('SIGKILL');
  const [code] = (await exited) as [number | null];
  if (code !== null && !isDone()) throw new Error(`the process that indexes ended with ${code}`);
  const requests = events.flatMap((event) => (event.kind === 'asked' ? [event.texts] : []));
  const open = isDone() ? [] : (requests.pop() ?? []);
  return { killed: !isDone(), stored: requests.flat(), open };
}
