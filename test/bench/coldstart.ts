// From starting the built server to the first hit, in a folder of 100,000 chunks: what a person
// waits for after opening a window. Against an empty node process, in this run.
// `npm run bench -- coldstart [CHUNKS]`.
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EmbeddedProvider } from '../../server/src/core/providers/embedded.ts';
import { LanguageServer, settingsOf } from '../support/language-server.ts';
import { Figures, median } from './report/figures.ts';
import { buildLargeIndex } from './search/large-index.ts';
import { clusteredVectors } from './search/random-vectors.ts';

const ROUNDS = 9;
const LIMIT_MS = 300;
const MODEL_FILE = path.resolve(import.meta.dirname, '../../server/model/code-static-256.bin');

const chunks = Number(process.argv[2] ?? 100_000);
const figures = new Figures('coldstart');
const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'embeddingcache-bench-')));
try {
  const folder = path.join(directory, 'source');
  await mkdir(folder);
  const { space } = new EmbeddedProvider(MODEL_FILE);
  console.log(`filling an index of ${chunks} chunks`);
  const vectorOf = clusteredVectors(space.dimensions, 1);
  await buildLargeIndex({ cacheDir: directory, folder, space, chunks, vectorOf });
  const empty: number[] = [];
  const starts: number[] = [];
  const hits: number[] = [];
  const nextHits: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    empty.push(timed(() => spawnSync(process.execPath, ['-e', '0'])));
    const times = await firstHit(folder);
    starts.push(times.started);
    hits.push(times.hit);
    nextHits.push(times.next);
  }
  const group = `${chunks} chunks, median of ${ROUNDS} starts`;
  figures.add(group, 'an empty node process, ms', median(empty));
  figures.add(group, 'until the server has answered initialize, ms', median(starts));
  figures.add(group, 'until the first hit, ms', median(hits), { atMost: LIMIT_MS });
  figures.add(group, 'the next search, ms', median(nextHits));
  await figures.write();
} finally {
  await rm(directory, { recursive: true, force: true });
}

/** Milliseconds since the spawn. */
async function firstHit(folder: string): Promise<{ started: number; hit: number; next: number }> {
  const start = performance.now();
  const server = await LanguageServer.start({
    settings: settingsOf({ directory }),
    folders: [folder],
  });
  const started = performance.now() - start;
  const search = async (query: string): Promise<void> => {
    const { hits } = await server.request('embeddingCache/search', { query, limit: 10 });
    if (hits.length === 0) throw new Error('no hit');
  };
  await search('where is a failed request tried again');
  const hit = performance.now() - start;
  await search('read the settings of a user');
  const next = performance.now() - start - hit;
  await server.stop();
  return { started, hit, next };
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}
