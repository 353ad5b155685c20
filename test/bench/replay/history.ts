import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { GitRepository } from '../../support/git-repository.ts';
import { bringRelease, PACKAGES, releasesOf, unpackRelease } from './releases.ts';

/** A folder that goes through a history, a state at a time. */
export interface History {
  readonly what: string;
  readonly folder: string;
  readonly steps: number;
  /** Brings the folder to its next state; `step` counts from 0. */
  goTo(step: number): void;
}

/** Three packages side by side, their releases interleaved, each a commit. Throws when offline. */
export function historyOfReleases(folder: string, releasesEach: number): History {
  const repository = new GitRepository(folder);
  const lists = PACKAGES.map((name) => releasesOf(name, releasesEach));
  const steps = Array.from({ length: releasesEach }, (_, i) =>
    lists.flatMap((list) => list[i] ?? []),
  );
  const releases = steps.flat();
  releases.forEach(bringRelease);
  return {
    what: `${releases.length} releases of ${PACKAGES.join(', ')}`,
    folder,
    steps: releases.length,
    goTo(step) {
      const release = releases[step]!;
      unpackRelease(release, path.join(folder, release.name));
      repository.commit();
    },
  };
}

/** The last commits of a repository's own line, oldest first, in a clone of it. */
export function historyOfRepository(source: string, folder: string, most: number): History {
  const git = (...args: string[]) =>
    execFileSync('git', args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  git('clone', '-q', '--no-checkout', '--shared', source, folder);
  const commits = git('-C', folder, 'rev-list', '--first-parent', `--max-count=${most}`, 'HEAD')
    .trim()
    .split('\n')
    .reverse();
  return {
    what: `${commits.length} commits of ${path.basename(source)}`,
    folder,
    steps: commits.length,
    goTo(step) {
      git('-C', folder, '-c', 'advice.detachedHead=false', 'checkout', '-q', '-f', commits[step]!);
    },
  };
}
