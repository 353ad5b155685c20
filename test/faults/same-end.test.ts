// However a folder came to be as it is, its index ends as a fresh one of the same tree: after edits,
// renames, branch switches, changed ignore files, runs cut short or killed and refreshes in any
// order.
import { existsSync, mkdirSync, renameSync, rmSync, utimesSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FakeProvider } from '../support/fake-provider.ts';
import { FULL } from '../support/faults/tools.ts';
import { GitRepository } from '../support/git-repository.ts';
import { IndexWorld, type IndexWorldOptions } from '../support/index-world.ts';
import { killWhileIndexing } from '../support/killed-index.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const RUNS = FULL ? 300 : 25;
/** On a slow machine there are fewer. */
const TIME_MS = FULL ? 300_000 : 60_000;
const FILES = ['a.ts', 'b.py', 'src/a.ts', 'src/deep/c.md', 'lib/b.ts', 'lib/d.ts'] as const;
const BODIES = ['one', 'two', 'three'] as const;

type Step =
  | { readonly kind: 'write'; readonly file: string; readonly body: string }
  | { readonly kind: 'remove' | 'touch'; readonly file: string }
  | { readonly kind: 'rename'; readonly file: string; readonly to: string }
  | { readonly kind: 'moveFolder'; readonly file: 'src' | 'lib'; readonly to: string }
  | { readonly kind: 'ignore'; readonly file: string; readonly body: string }
  | { readonly kind: 'commit' | 'restore' | 'index' | 'refresh' }
  | { readonly kind: 'checkout'; readonly branch: string }
  | { readonly kind: 'cutShort'; readonly after: number }
  | { readonly kind: 'kill'; readonly after: number; readonly thenMs: number };

const file = fc.constantFrom(...FILES);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      file,
      body: fc.constantFrom(...BODIES),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('remove' as const, 'touch' as const), file }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rename' as const), file, to: file }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('moveFolder' as const),
      file: fc.constantFrom('src' as const, 'lib' as const),
      to: fc.constantFrom('moved', 'lib/inside', 'src'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('ignore' as const),
      file: fc.constantFrom('.gitignore', '.embeddingignore', 'src/.gitignore'),
      body: fc.constantFrom('', '*.ts\n', 'deep/\n', '*.ts\n!a.ts\n', 'lib\n', '!lib\n'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('commit' as const, 'restore' as const) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('index' as const, 'refresh' as const) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('checkout' as const),
      branch: fc.constantFrom('main', 'other'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('cutShort' as const),
      after: fc.integer({ min: 0, max: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('kill' as const),
      after: fc.integer({ min: 1, max: 6 }),
      thenMs: fc.integer({ min: 0, max: 30 }),
    }),
  },
);

it.each([{ git: true }, { git: false }])(
  'the end is that of a fresh index, whatever came before (git: $git)',
  async ({ git }) => {
    const endsAt = Date.now() + TIME_MS;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
        // Not by fast-check's own limit: it would leave a run to go on behind the next test.
        if (Date.now() > endsAt) return;
        const directory = path.join(tempDirectory(), 'world');
        const repository = new GitRepository(path.join(directory, 'tree'), {
          'a.ts': code('a.ts', 'one'),
          'src/a.ts': code('src/a.ts', 'one'),
        });
        repository.git('branch', 'other');
        const options: IndexWorldOptions = {
          cacheDir: path.join(directory, 'cache'),
          folder: repository.folder,
          git,
          provider: new FakeProvider(),
        };
        /** What processes that were killed are known to have paid for. */
        const paid: string[] = [];
        let world = await IndexWorld.open(options);
        try {
          for (const each of steps) {
            if (each.kind !== 'kill') {
              await perform(each, repository, world);
              continue;
            }
            await world.close();
            const { stored, open } = await killWhileIndexing({ ...options, git, ...each });
            const before = new Set([...paid, ...world.provider.asked]);
            expect(open.filter((text) => before.has(text))).toEqual([]);
            paid.push(...stored);
            world = await IndexWorld.open(options);
          }
          await world.run();
          const fresh = await IndexWorld.open({
            cacheDir: path.join(directory, 'fresh'),
            folder: repository.folder,
            git: false,
          });
          try {
            await fresh.run();
            expect(await world.state()).toEqual(await fresh.state());
          } finally {
            await fresh.close();
          }
          // No text was paid for twice, whatever happened.
          const asked = [...paid, ...world.provider.asked];
          expect(new Set(asked).size).toBe(asked.length);
        } finally {
          await world.close();
        }
      }),
      { numRuns: RUNS },
    );
  },
  TIME_MS + 120_000,
);

/** No two touches give one time: without a change of size or time nothing could tell a change. */
let clock = 1_000_000;

async function perform(
  each: Exclude<Step, { kind: 'kill' }>,
  repository: GitRepository,
  world: IndexWorld,
): Promise<void> {
  const at = (name: string) => path.join(repository.folder, name);
  switch (each.kind) {
    case 'write':
      tryTo(() => {
        repository.write({ [each.file]: code(each.file, each.body) });
      });
      return;
    case 'ignore':
      tryTo(() => {
        repository.write({ [each.file]: each.body });
      });
      return;
    case 'remove':
      rmSync(at(each.file), { force: true });
      return;
    case 'touch':
      if (existsSync(at(each.file))) utimesSync(at(each.file), ++clock, clock);
      return;
    case 'rename':
    case 'moveFolder':
      tryTo(() => {
        mkdirSync(path.dirname(at(each.to)), { recursive: true });
        renameSync(at(each.file), at(each.to));
      });
      return;
    case 'commit':
      repository.commit();
      return;
    case 'restore':
      repository.git('checkout', '-q', '--', '.');
      return;
    case 'checkout':
      repository.git('checkout', '-q', '-f', each.branch);
      return;
    case 'index':
      await world.run();
      return;
    case 'refresh':
      await world.refresh([...FILES, 'src', 'lib', 'moved']);
      return;
    case 'cutShort': {
      const controller = new AbortController();
      const source = world.parts.source;
      let left = each.after;
      const read: typeof source.read = (name, blob) => {
        if (left-- === 0) controller.abort();
        return source.read(name, blob);
      };
      Object.assign(world.parts, { source: { ...source, read } });
      await world.run(controller.signal).catch((error: unknown) => {
        if (!controller.signal.aborted) throw error;
      });
      Object.assign(world.parts, { source });
      return;
    }
    default:
      each satisfies never;
  }
}

/** A step that the tree does not allow now, such as a folder in place of a file, is left out. */
function tryTo(change: () => void): void {
  try {
    change();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

function code(name: string, body: string): string {
  const lines = Array.from({ length: 9 }, (_, i) => `  ${body}(${i});`);
  return `// ${body}\nfunction ${body}_${name.replace(/\W/g, '_')}() {\n${lines.join('\n')}\n}\n\nfunction shared() {\n${lines.join('\n')}\n}\n`;
}
