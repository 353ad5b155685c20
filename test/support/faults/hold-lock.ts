import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** Another process takes a lock on a file; call what is returned to have it let go. */
export async function holdLock(
  file: string,
  kind: 'exclusive' | 'reader',
): Promise<() => Promise<void>> {
  const program = path.join(import.meta.dirname, 'lock-holder.ts');
  const child = spawn(
    process.execPath,
    ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', program, file, kind],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  await once(child.stdout, 'data');
  return async () => {
    child.stdin.end();
    await once(child, 'close');
  };
}
