// A process that indexes one folder, and says what it reads and asks for before it goes on, so that
// it can be killed anywhere: `node index-process.ts CACHE_DIR FOLDER GIT`.
import { FakeProvider } from './fake-provider.ts';
import { IndexWorld } from './index-world.ts';
import type { IndexEvent } from './killed-index.ts';

// Nobody is left to be told.
process.on('disconnect', () => process.exit());

const [cacheDir = '', folder = '', git] = process.argv.slice(2);

const say = (event: IndexEvent) =>
  new Promise<void>((said, failed) => {
    process.send!(event, undefined, undefined, (error) => {
      if (error) failed(error);
      else said();
    });
  });

const provider = new FakeProvider({
  // Few texts a request, so that a small folder needs several.
  limits: { maxItems: 2, maxTokens: 100_000 },
  onBatch: (texts) => say({ kind: 'asked', texts }),
});
const world = await IndexWorld.open({ cacheDir, folder, git: git === 'true', provider });
const { source } = world.parts;
Object.assign(world.parts, {
  source: {
    ...source,
    read: async (file: string, blob?: string) => {
      await say({ kind: 'read' });
      return source.read(file, blob);
    },
  } satisfies typeof source,
});
await world.run();
await world.close();
await say({ kind: 'done' });
process.disconnect();
