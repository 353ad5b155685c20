import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCache } from '../../server/src/core/cache/embedding-cache.ts';
import { exportPack } from '../../server/src/core/cache/maintenance/pack/export-pack.ts';
import { textHashOf } from '../../server/src/core/keys/text-hash.ts';
import { ControlledProcess } from '../support/cache-process/controlled-process.ts';
import { fakeVector, spaceNamed } from '../support/fake-provider.ts';
import { FULL } from '../support/faults/tools.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const MODELS = ['a', 'A/b'] as const;
const TEXTS = Array.from({ length: 16 }, (_, i) => `text ${i}`);
const PACKED = TEXTS.slice(4, 12);
const { signal } = new AbortController();

const model = fc.constantFrom(...MODELS);
const texts = fc.subarray(TEXTS, { minLength: 1 });
const who = fc.constantFrom(0, 1);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('put'), who, model, texts }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('get'), who, model, texts }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('putBoth'), model, texts, others: texts }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen'), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill'), who }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('killDuringPut'),
      who,
      model,
      texts,
      afterMs: fc.nat(12),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('gc'), who, model }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('import'), who }) },
);
type Step =
  | { kind: 'put' | 'get'; who: number; model: string; texts: string[] }
  | { kind: 'putBoth'; model: string; texts: string[]; others: string[] }
  | { kind: 'reopen' | 'kill' | 'import'; who: number }
  | { kind: 'killDuringPut'; who: number; model: string; texts: string[]; afterMs: number }
  | { kind: 'gc'; who: number; model: string };

/** What the cache should hold: `maybe` where a process was killed before it could say. */
class ModelMap {
  readonly #state = new Map<string, 'there' | 'maybe'>();

  put(model: string, texts: readonly string[]): void {
    for (const text of texts) this.#state.set(`${model} ${text}`, 'there');
  }

  putOrNot(model: string, texts: readonly string[]): void {
    for (const text of texts) {
      if (!this.#state.has(`${model} ${text}`)) this.#state.set(`${model} ${text}`, 'maybe');
    }
  }

  removeAll(model: string): void {
    for (const name of [...this.#state.keys()]) {
      if (name.startsWith(`${model} `)) this.#state.delete(name);
    }
  }

  /** Compares, and learns what became of the doubtful ones. */
  check(model: string, texts: readonly string[], found: ReadonlySet<string>): void {
    for (const text of texts) {
      const name = `${model} ${text}`;
      const state = this.#state.get(name);
      if (state !== 'maybe') expect(found.has(text), name).toBe(state === 'there');
      else if (found.has(text)) this.#state.set(name, 'there');
      else this.#state.delete(name);
    }
  }
}

const processes = [new ControlledProcess(), new ControlledProcess()];
let pack: string;
let packDirectory: string;

beforeAll(async () => {
  packDirectory = tempDirectory();
  const directory = path.join(packDirectory, 'other');
  const cache = await openCache({ directory, storeText: true });
  const space = spaceNamed(MODELS[0]);
  const shard = await cache.shard(space);
  await shard.putMany(new Map(PACKED.map((text) => [textHashOf(text), fakeVector(space, text)])));
  await cache.close();
  pack = path.join(packDirectory, 'a.pack');
  await exportPack({ directory, file: pack, spaceIds: null, withText: false, signal });
});
afterAll(() => Promise.all(processes.map((each) => each.kill())));

async function take(step: Step, map: ModelMap): Promise<void> {
  switch (step.kind) {
    case 'put':
      await processes[step.who]!.do({ kind: 'put', model: step.model, texts: step.texts });
      map.put(step.model, step.texts);
      return;
    case 'putBoth':
      await Promise.all(
        [step.texts, step.others].map((texts, i) =>
          processes[i]!.do({ kind: 'put', model: step.model, texts }),
        ),
      );
      map.put(step.model, [...step.texts, ...step.others]);
      return;
    case 'get':
      await check(step.who, step.model, step.texts, map);
      return;
    case 'kill':
      await processes[step.who]!.kill();
      return;
    case 'killDuringPut':
      await processes[step.who]!.killDuring(
        { kind: 'put', model: step.model, texts: step.texts },
        step.afterMs,
      );
      map.putOrNot(step.model, step.texts);
      return;
    case 'gc':
      await processes[step.who]!.do({ kind: 'gc', model: step.model });
      map.removeAll(step.model);
      return;
    case 'import':
      await processes[step.who]!.do({ kind: 'import', file: pack });
      map.put(MODELS[0], PACKED);
      return;
    case 'reopen':
      return;
  }
}

async function check(who: number, model: string, texts: readonly string[], map: ModelMap) {
  const { vectors = [] } = await processes[who]!.do({ kind: 'get', model, texts });
  for (const [text, numbers] of vectors) {
    expect(Float32Array.from(numbers)).toEqual(fakeVector(spaceNamed(model), text));
  }
  map.check(model, texts, new Set(vectors.map(([text]) => text)));
}

describe('the cache agrees with a map', () => {
  it(
    'after any sequence of puts, gets, kills, reopenings, collections and imports by two processes',
    { timeout: FULL ? 3_600_000 : 240_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
          const directory = path.join(tempDirectory(), 'cache');
          for (const each of processes) await each.open(directory);
          const map = new ModelMap();
          for (const each of steps as Step[]) {
            if (each.kind === 'reopen') await processes[each.who]!.open(directory);
            else await take(each, map);
          }
          for (const model of MODELS) {
            for (const who of [0, 1]) await check(who, model, TEXTS, map);
          }
        }),
        {
          numRuns: FULL ? 300 : 8,
          interruptAfterTimeLimit: FULL ? 3_000_000 : 120_000,
          markInterruptAsFailure: false,
        },
      );
    },
  );
});
