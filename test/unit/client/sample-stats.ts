import type { Stats } from '../../../server/protocol/stats.ts';

const none = { hits: 0, misses: 0, requests: 0, tokens: 0, costUsd: 0, savedUsd: 0 };

/** Figures of a cache in use with the built-in model, changed where a test says so. */
export function sampleStats(changes: Partial<Stats> = {}): Stats {
  return {
    directory: '/home/ada/.local/share/embeddingcache',
    texts: 1234,
    bytes: 3_400_000,
    spaces: [
      {
        provider: 'embedded',
        model: 'code-static-256',
        dimensions: 256,
        id: 'df73e5ca8ee3d9c6',
        type: 'float32',
        embeddings: 1234,
        bytes: 2_000_000,
      },
    ],
    usage: { ...none, hits: 900, misses: 100, savedUsd: 3.4 },
    today: { ...none, hits: 812, misses: 16 },
    month: { ...none, hits: 812, misses: 16, costUsd: 0.12, savedUsd: 3.4 },
    provider: { name: 'embedded', model: 'code-static-256', dimensions: 256, local: true },
    workspace: {
      kind: 'ready',
      files: 1204,
      chunks: 8412,
      skipped: 37,
      skippedByReason: { ignored: 30, binary: 7 },
      looksSecret: 0,
    },
    ...changes,
  };
}

/** A cache nothing was ever asked of. */
export function emptyStats(): Stats {
  return sampleStats({
    texts: 0,
    spaces: [],
    usage: none,
    today: none,
    month: none,
    workspace: { kind: 'notIndexed' },
  });
}
