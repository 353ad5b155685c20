import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { readyChunk } from '../../../server/src/core/index/ready-chunk.ts';
import {
  openWorkspaceIndex,
  type WorkspaceIndex,
} from '../../../server/src/core/index/workspace-index.ts';
import { fakeVector, spaceNamed } from '../../support/fake-provider.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const space = spaceNamed('small', 4);
/** Takes several steps for paths, chunks and packs each. */
const FILES = 12_000;

let directory: string;
beforeEach(() => {
  directory = tempDirectory();
});

/** The index as another window opens it. */
async function open(): Promise<WorkspaceIndex> {
  const index = await openWorkspaceIndex({ folder: '/folder', directory, space });
  onTestFinished(() => index.close());
  return index;
}

async function putFiles(index: WorkspaceIndex, first: number, count: number): Promise<number[]> {
  const stored = await index.putFiles(
    Array.from({ length: count }, (_, i) => ({
      entry: { path: `f${first + i}.ts`, size: 1, mtimeMs: 0 },
      scannedAtMs: 0,
      blob: null,
      content: {
        kind: 'chunks' as const,
        chunks: [
          readyChunk({
            text: `text ${first + i}`,
            startLine: 1,
            endLine: 1,
            kind: 'function',
            symbols: [],
            enclosing: [],
          }),
        ],
      },
    })),
  );
  const ids = stored.flatMap(({ pending }) => pending.map(({ id }) => id));
  const vector = fakeVector(space, 'any');
  await index.setVectors(new Map(ids.map((id) => [id, vector])));
  return ids;
}

/** Turns of the event loop that others had meanwhile. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isDone = false;
  const turn = (): void => {
    turns++;
    if (!isDone) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  isDone = true;
  return turns;
}

describe('a large index that another window has changed', () => {
  it('is loaded in steps, and then whole', async () => {
    const here = await open();
    const there = await open();
    const ids = await putFiles(there, 0, FILES);
    expect(await turnsDuring(() => here.load())).toBeGreaterThan(3);
    expect(await here.chunkIds()).toEqual(ids);
    expect(await here.isFinished()).toBe(true);
    const { found } = await here.nearest(fakeVector(space, 'any'), 3, null);
    expect(found).toHaveLength(3);
    expect((await here.embedded([ids.at(-1)!]))[0]!.path).toBe(`f${FILES - 1}.ts`);
  });

  it('is as the file is, however often the file changes meanwhile', async () => {
    const here = await open();
    const there = await open();
    await putFiles(there, 0, FILES);
    const end = new AbortController();
    const writer = (async () => {
      for (let i = 0; !end.signal.aborted; i++) {
        await there.setAbout({ snapshot: String(i) });
        await nextTurn();
      }
    })();
    expect(await here.chunkIds()).toHaveLength(FILES);
    const [mine, theirs] = await Promise.all([
      putFiles(here, FILES, 10),
      putFiles(there, FILES + 10, 10),
    ]);
    end.abort();
    await writer;
    const all = await there.chunkIds();
    expect(all).toEqual(expect.arrayContaining([...mine, ...theirs]));
    expect(new Set(await here.chunkIds())).toEqual(new Set(all));
    expect(await here.isFinished()).toBe(true);
  });
});
