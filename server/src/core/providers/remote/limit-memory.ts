import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';

/** What an endpoint showed about itself. */
const learnedSchema = z.object({
  maxItems: z.number().int().positive().optional(),
  maxTokens: z.number().int().positive().optional(),
  maxBytes: z.number().int().positive().optional(),
  /** Name under which the model answered. */
  answersAs: z.string().max(300).optional(),
});

export type Learned = Readonly<z.infer<typeof learnedSchema>>;

/** What was learned about endpoints, kept from run to run. */
export interface LimitMemory {
  /** By an endpoint's address and model; empty where nothing was learned yet. */
  of(name: string): Promise<Learned>;
  /** Never fails: what cannot be kept is learned again. */
  learn(name: string, learned: Learned): Promise<void>;
}

/** For one process. */
export function createLimitMemory(): LimitMemory {
  const known = new Map<string, Learned>();
  return {
    of: (name) => Promise.resolve(known.get(name) ?? {}),
    learn: (name, learned) => {
      known.set(name, { ...known.get(name), ...learned });
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
  const write = async (name: string, learned: Learned): Promise<void> => {
    const all = await read();
    all[name] = { ...all[name], ...learned };
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
    learn: (name, learned) => (last = last.then(() => write(name, learned))),
  };
}
