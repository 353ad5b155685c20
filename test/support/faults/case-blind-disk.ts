import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface CaseBlindDisk {
  /** A folder in which `a.ts` and `A.ts` are one file. */
  readonly folder: string;
  unmount(): void;
}

/** Each makes an image and mounts it; most kernels can do one of them. */
const WAYS: readonly ((image: string, at: string) => CaseBlindDisk)[] = [
  (image, at) => {
    run('mkfs.ext4', '-q', '-O', 'casefold', '-E', 'encoding=utf8', image);
    run('mount', '-o', 'loop', image, at);
    const folder = path.join(at, 'folded');
    const disk = { folder, unmount: () => run('umount', '-l', at) };
    return undoneIfItFails(disk, () => {
      mkdirSync(folder);
      run('chattr', '+F', folder);
    });
  },
  (image, at) => {
    run('mkfs.exfat', image);
    const device = run('losetup', '-f', '--show', image).trim();
    const detach = () => run('losetup', '-d', device);
    const disk = {
      folder: path.join(at, 'folder'),
      unmount: () => {
        run('umount', at);
        detach();
      },
    };
    try {
      run('mount.exfat-fuse', device, at);
    } catch (error) {
      detach();
      throw error;
    }
    return undoneIfItFails(disk, () => {
      mkdirSync(disk.folder);
    });
  },
  (image, at) => {
    run('mkfs.vfat', image);
    run('mount', '-o', 'loop', image, at);
    const disk = { folder: path.join(at, 'folder'), unmount: () => run('umount', '-l', at) };
    return undoneIfItFails(disk, () => {
      mkdirSync(disk.folder);
    });
  },
];

/** A disk of its own, 16 MB, on which case does not count. Throws where none can be had. */
export function mountCaseBlindDisk(directory: string): CaseBlindDisk {
  const errors: unknown[] = [];
  for (const [i, mount] of WAYS.entries()) {
    const image = path.join(directory, `image-${i}`);
    const at = path.join(directory, `mount-${i}`);
    mkdirSync(at);
    try {
      run('truncate', '-s', '16M', image);
      return mount(image, at);
    } catch (error) {
      errors.push(error);
    }
  }
  throw new AggregateError(errors, 'no disk without regard to case can be mounted here');
}

/** Null where such a disk can be had, else why not. */
export const whyNoCaseBlindDisk =
  process.platform !== 'linux' || process.getuid?.() !== 0
    ? 'mounting a disk needs root on Linux'
    : tryToMount();

function tryToMount(): string | null {
  const directory = mkdtempSync(path.join(tmpdir(), 'embeddingcache-disk-'));
  try {
    mountCaseBlindDisk(directory).unmount();
    return null;
  } catch {
    return 'this kernel folds no case, and exfat-fuse and exfatprogs are missing';
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function undoneIfItFails(disk: CaseBlindDisk, work: () => void): CaseBlindDisk {
  try {
    work();
    return disk;
  } catch (error) {
    disk.unmount();
    throw error;
  }
}

function run(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
