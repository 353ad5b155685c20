import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { pathWords } from '../../../server/src/core/chunks/path-words.ts';
import { composeVector } from '../../../server/src/core/index/composed-vector.ts';
import { EmbeddedProvider } from '../../../server/src/core/providers/embedded.ts';
import { dot, type Vector } from '../../../server/src/core/vectors/vector.ts';
import { CoreWorld } from '../../support/core-world.ts';
import { copyFixtureWorkspace } from '../../support/fixture-workspace.ts';
import { providerDeps } from '../../support/provider-deps.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const { signal } = new AbortController();

it('scores hits by the cached vectors of body, path and symbols, not by their codes', async () => {
  const directory = tempDirectory();
  const folder = copyFixtureWorkspace(path.join(directory, 'repository'));
  const world = new CoreWorld({ cacheDir: path.join(directory, 'cache') });
  await world.index(folder);
  const text = readFileSync(path.join(folder, 'src/net/retry.ts'), 'utf8');
  const hits = await world.use((core) =>
    core.similar([folder], text, { limit: 5, mode: 'semantic', signal }),
  );

  const provider = new EmbeddedProvider(providerDeps().modelFile);
  const embed = async (each: string): Promise<Vector> => {
    const { outcomes } = await provider.embed([each], signal);
    return outcomes[0]!.kind === 'vector' ? outcomes[0]!.vector : new Float32Array(256);
  };
  const query = await embed(text);
  expect(hits).toHaveLength(5);
  for (const hit of hits) {
    const symbols = hit.symbols.join(' ');
    const fields = {
      path: await embed(pathWords(hit.path)),
      symbols: symbols === '' ? undefined : await embed(symbols),
    };
    const exact = dot(query, composeVector(await embed(hit.text), fields, provider.fieldWeights));
    expect(hit.score).toBeCloseTo(exact, 6);
  }
});
