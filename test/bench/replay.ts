// What a history of changes costs in tokens: ours, a cache keyed by whole files, no cache at all, and
// the least there can be, the chunks never seen before; all in one run.
// `npm run bench -- replay [REPOSITORY]`: without one, releases of npm packages are the history.
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FakeProvider } from '../support/fake-provider.ts';
import { IndexWorld } from '../support/index-world.ts';
import { historyOfReleases, historyOfRepository, type History } from './replay/history.ts';

const COMMITS = 200;
const RELEASES_EACH = 40;
const LIMIT = 1.05;
const REPORT = path.resolve(import.meta.dirname, '../../out/bench/replay.json');

const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'embeddingcache-bench-')));
try {
  const history = openHistory(path.join(directory, 'tree'));
  if (history) await measure(history);
} finally {
  await rm(directory, { recursive: true, force: true });
}

function openHistory(folder: string): History | null {
  const source = process.argv[2];
  if (source !== undefined) return historyOfRepository(path.resolve(source), folder, COMMITS);
  try {
    return historyOfReleases(folder, RELEASES_EACH);
  } catch (error) {
    console.log(
      `skipped: npm cannot be asked for releases (${(error as Error).message.split('\n')[0]})`,
    );
    return null;
  }
}

async function measure(history: History): Promise<void> {
  const provider = new FakeProvider({ limits: { maxItems: 1000, maxTokens: 1_000_000 } });
  const { folder } = history;
  const cacheDir = path.join(directory, 'cache');
  const world = await IndexWorld.open({ cacheDir, folder, provider });
  const sums = { ours: 0, least: 0, wholeFiles: 0, noCache: 0 };
  const seen = { texts: new Set<string>(), files: new Set<string>() };
  const cut = new Map<string, readonly string[]>();
  let seconds = 0;
  try {
    for (let step = 0; step < history.steps; step++) {
      history.goTo(step);
      provider.asked.length = 0;
      seconds += (await world.run()).seconds;
      sums.ours += tokensOf(provider.asked);
      for (const { key, texts } of await filesOf(world, cut)) {
        sums.noCache += tokensOf(texts);
        if (!seen.files.has(key)) sums.wholeFiles += tokensOf(texts);
        seen.files.add(key);
        const fresh = texts.filter((text) => !seen.texts.has(text));
        sums.least += tokensOf([...new Set(fresh)]);
        for (const text of fresh) seen.texts.add(text);
      }
    }
  } finally {
    await world.close();
  }
  const ratio = sums.ours / sums.least;
  const row = (way: string, tokens: number) => ({
    way,
    tokens,
    timesTheLeast: Number((tokens / sums.least).toFixed(3)),
  });
  console.log(history.what);
  console.table([
    row('chunks never seen before (the least)', sums.least),
    row('ours', sums.ours),
    row('a cache keyed by whole files', sums.wholeFiles),
    row('no cache', sums.noCache),
  ]);
  console.log(
    `${ratio <= LIMIT ? 'within' : 'NOT within'} the limit of ${LIMIT}; ${seconds.toFixed(1)} s of indexing`,
  );
  await mkdir(path.dirname(REPORT), { recursive: true });
  await writeFile(
    REPORT,
    JSON.stringify({ what: history.what, steps: history.steps, ...sums, ratio, seconds }, null, 2),
  );
  if (ratio > LIMIT) process.exitCode = 1;
}

/** Every file there is now, with what it says and how it is cut, by the product's own chunker. */
async function filesOf(
  world: IndexWorld,
  cut: Map<string, readonly string[]>,
): Promise<{ key: string; texts: readonly string[] }[]> {
  const { source, chunker } = world.parts;
  const files = [];
  for (const file of (await world.index.files()).values()) {
    if (file.skipped !== null) continue;
    const key = `${file.path} ${file.blob ?? ''}`;
    let texts = cut.get(key);
    if (!texts) {
      const read = await source.read(file.path);
      const chunks = read.kind === 'text' ? await chunker.chunk(file.path, read.text) : [];
      texts = chunks.map(({ text }) => text);
      cut.set(key, texts);
    }
    files.push({ key, texts });
  }
  return files;
}

/** A token for every four characters: all ways are measured alike. */
function tokensOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0);
}
