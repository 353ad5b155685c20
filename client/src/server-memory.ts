/**
 * Options for Node. A young generation of 48 MB, its usual size, keeps what one group of files left
 * behind; and the less the heap may grow, the sooner it is tidied: by half at this limit, else
 * fourfold. The index of a million chunks needs a quarter of it.
 */
export const MEMORY_OPTIONS: readonly string[] = [
  '--max-semi-space-size=4',
  '--max-old-space-size=1536',
];

/**
 * Variables for glibc, which else keeps an arena per thread, each as large as the thread ever
 * needed: compiling grammars leaves some 150 MB in them. Without glibc they mean nothing.
 */
export const MEMORY_VARIABLES: Readonly<Record<string, string>> = { MALLOC_ARENA_MAX: '2' };
