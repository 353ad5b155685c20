import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Packages whose releases stand for a history: their own source, small, released often. */
export const PACKAGES = ['commander', 'express', 'ignore'] as const;

/** Kept between runs: what npm gives for a version never changes. */
const KEPT = path.resolve(import.meta.dirname, '../../../out/bench/releases');

/** A published release, unpacked by `unpackRelease`. */
export interface Release {
  readonly name: string;
  readonly version: string;
}

/** The newest stable releases of a package, oldest first. Throws when npm cannot be asked. */
export function releasesOf(name: string, most: number): Release[] {
  mkdirSync(KEPT, { recursive: true });
  const list = path.join(KEPT, `${name}.json`);
  if (!existsSync(list)) writeFileSync(list, npm('view', name, 'versions', '--json'));
  const versions = JSON.parse(readFileSync(list, 'utf8')) as string[];
  return versions
    .filter((version) => /^\d+\.\d+\.\d+$/.test(version))
    .slice(-most)
    .map((version) => ({ name, version }));
}

/** Brings a release here, unless it is. Throws when npm cannot be asked. */
export function bringRelease({ name, version }: Release): void {
  if (existsSync(fileOf({ name, version }))) return;
  npm('pack', `${name}@${version}`, '--silent', '--pack-destination', KEPT);
}

/** Puts a release in the place of whatever is in the folder. */
export function unpackRelease(release: Release, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const options = ['-C', folder, '--strip-components=1', '--no-same-owner'];
  execFileSync('tar', ['-xzf', fileOf(release), ...options], { stdio: 'ignore' });
}

function fileOf({ name, version }: Release): string {
  return path.join(KEPT, `${name}-${version}.tgz`);
}

function npm(...args: string[]): string {
  return execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}
