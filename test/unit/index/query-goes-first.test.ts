import path from 'node:path';
import { expect, it } from 'vitest';
import { FakeProvider } from '../../support/fake-provider.ts';
import { writeTree } from '../../support/folder-tree.ts';
import { IndexWorld } from '../../support/index-world.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

it('before each step of storing files, indexing lets a query go first', async () => {
  const directory = tempDirectory();
  const folder = path.join(directory, 'folder');
  writeTree(folder, { 'a.ts': 'export const one = 1;\n' });
  const steps: string[] = [];
  const world = await IndexWorld.open({
    cacheDir: path.join(directory, 'cache'),
    folder,
    provider: new FakeProvider({ onBatch: () => void steps.push('embed') }),
  });
  try {
    const { index, parts } = world;
    const { gate } = parts;
    const [putFiles, setVectors] = [index.putFiles.bind(index), index.setVectors.bind(index)];
    index.putFiles = (files) => (steps.push('put files'), putFiles(files));
    index.setVectors = (vectors) => (steps.push('set vectors'), setVectors(vectors));
    const pass = gate.pass.bind(gate);
    gate.pass = (signal) => (steps.push('pass'), pass(signal));
    await world.run();
    expect(steps).toEqual(['pass', 'put files', 'pass', 'embed', 'pass', 'set vectors']);
  } finally {
    await world.close();
  }
});
