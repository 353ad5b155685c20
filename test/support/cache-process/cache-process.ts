import { openCache, type EmbeddingCache } from '../../../server/src/core/cache/embedding-cache.ts';
import { collectGarbage } from '../../../server/src/core/cache/maintenance/collect-garbage.ts';
import { importPack } from '../../../server/src/core/cache/maintenance/pack/import-pack.ts';
import { spaceIdOf } from '../../../server/src/core/keys/space.ts';
import { textHashOf } from '../../../server/src/core/keys/text-hash.ts';
import { fakeVector, spaceNamed } from '../fake-provider.ts';
import { STRUCTURE_WORKER } from '../provider-deps.ts';
import type { CacheAnswer, CacheRequest } from './cache-request.ts';

// A process with the cache open, told over its channel what to do: see `controlled-process.ts`.

const { signal } = new AbortController();
let cache: EmbeddingCache | null = null;
let directory = '';

process.on('message', (request: CacheRequest) => {
  answer(request).then(
    (result) => process.send!(result),
    (error: unknown) => process.send!({ error: String(error) } satisfies CacheAnswer),
  );
});

async function answer(request: CacheRequest): Promise<CacheAnswer> {
  switch (request.kind) {
    case 'open':
      await cache?.close();
      directory = request.directory;
      cache = await openCache({ directory, storeText: true });
      return {};
    case 'put': {
      const space = spaceNamed(request.model);
      const shard = await cache!.shard(space);
      const { texts } = request;
      await shard.putMany(
        new Map(texts.map((text) => [textHashOf(text), fakeVector(space, text)])),
      );
      await cache!.texts.putMany(new Map(texts.map((text) => [textHashOf(text), text])));
      return {};
    }
    case 'get': {
      const shard = await cache!.shard(spaceNamed(request.model));
      const found = await shard.getMany(request.texts.map(textHashOf));
      const entries = request.texts.map((text) => [text, found.get(textHashOf(text))] as const);
      return {
        vectors: entries.flatMap(([text, vector]) => (vector ? [[text, [...vector]]] : [])),
      };
    }
    case 'gc':
      await collectGarbage({
        directory,
        rules: { everything: true, spaceIds: [spaceIdOf(spaceNamed(request.model))] },
        dryRun: false,
        today: Math.floor(Date.now() / 86_400_000),
        structureWorker: STRUCTURE_WORKER,
        indexUses: async function* () {},
        signal,
      });
      return {};
    case 'import':
      await importPack({
        directory,
        texts: cache!.texts,
        onProblem: cache!.onProblem,
        file: request.file,
        signal,
      });
      return {};
  }
}
