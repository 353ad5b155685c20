export type Effort = 'low' | 'normal' | 'full';

/** Threads for indexing on a machine of so many cores. */
export function poolSizeOf(effort: Effort, cores: number): number {
  switch (effort) {
    case 'low':
      return 1;
    case 'normal':
      return Math.max(1, Math.floor(cores / 2));
    case 'full':
      return Math.max(1, cores);
  }
}
