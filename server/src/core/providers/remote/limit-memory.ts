import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';

/** What an endpoint showed about itself. */
const learnedSchema = z.object({
  maxItems: z.number().int().positive().optional(),
  maxTokens: z.number().int().positive().optional(),
  maxBytes: z.number().int().positive().optional(),
  /** When one of these limits was learned last, milliseconds since 1970. */
  limitsAtMs: z.number().optional(),
  /** Name under which the model answered. */
  answersAs: z.string().max(300).optional(),
});

type Lessons = z.infer<typeof learnedSchema>;
export type Learned = Readonly<Lessons>;

/** Limits are tried again after a week: they may have been raised, or were a moment's. */
const LIMITS_HOLD_MS = 7 * 24 * 60 * 60 * 1000;

/** What still holds: limits for a while, the model's name for good. */
export function stillHolding(learned: Learned, nowMs: number): Learned {
  const { limitsAtMs, answersAs } = learned;
  // A clock that was set back says nothing.
  const holds = limitsAtMs !== undefined && Math.abs(nowMs - limitsAtMs) < LIMITS_HOLD_MS;
  if (holds) return learned;
  return answersAs === undefined ? {} : { answersAs };
}

/** Earlier lessons with one more; of two limits the smaller one is kept. */
export function withLesson(earlier: Learned, lesson: Learned, nowMs: number): Learned {
  const known = stillHolding(earlier, nowMs);
  const learned: Lessons = { ...known, ...lesson };
  for (const name of ['maxItems', 'maxTokens', 'maxBytes'] as const) {
    if (lesson[name] === undefined) continue;
    learned[name] = Math.min(lesson[name], known[name] ?? Infinity);
    learned.limitsAtMs = nowMs;
  }
  return learned;
}

/** What was learned about endpoints, kept from run to run. */
export interface LimitMemory {
  /** By an endpoint's address and model; empty where nothing was learned yet. */
  of(name: string): Promise<Learned>;
  /** Never fails: what cannot be kept is learned again. */
  learn(name: string, lesson: Learned, nowMs: number): Promise<void>;
}

/** For one process. */
export function createLimitMemory(): LimitMemory {
  const known = new Map<string, Learned>();
  return {
    of: (name) => Promise.resolve(known.get(name) ?? {}),
    learn: (name, lesson, nowMs) => {
      known.set(name, withLesson(known.get(name) ?? {}, lesson, nowMs));
      return Promise.resolve();
    },
  };
}

/**
 * Kept in a small JSON file. Two processes that write at once may lose one of the two lessons, never
 * the file: it is replaced as a whole.
 */
export function openLimitMemory(file: string): LimitMemory {
  const read = async (): Promise<Record<string, Learned>> => {
    try {
      return z.record(z.string(), learnedSchema).parse(JSON.parse(await readFile(file, 'utf8')));
    } catch {
      // Absent, or not ours: nothing is known then, and every lesson can be learned again.
      return {};
    }
  };
  let last = Promise.resolve();
  const write = async (name: string, lesson: Learned, nowMs: number): Promise<void> => {
    const all = await read();
    all[name] = withLesson(all[name] ?? {}, lesson, nowMs);
    const next = `${file}.${process.pid}`;
    try {
      await writeFile(next, `${JSON.stringify(all, null, 2)}\n`, { mode: 0o600 });
      await rename(next, file);
    } catch {
      // A directory that cannot be written only costs a refused request at the next start.
    }
  };
  return {
    of: async (name) => (await last.then(read))[name] ?? {},
    learn: (name, lesson, nowMs) => (last = last.then(() => write(name, lesson, nowMs))),
  };
}
