import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { configSchema } from '../../../server/src/core/config.ts';
import { createCore } from '../../../server/src/core/core.ts';
import { INDEX_WORKER } from '../../support/index-worker.ts';
import { providerDeps, STRUCTURE_WORKER } from '../../support/provider-deps.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const FILES = {
  'src/retry.ts': `export async function send() {\n${'  await attempt();\n'.repeat(9)}}\n`,
  'notes.md': `# Notes\n\n${'Prices are rounded down.\n'.repeat(9)}`,
  'tool.py': `def main():\n${'    run()\n'.repeat(9)}`,
};

it('threads make the same index as one thread does', async () => {
  const folder = tempDirectory();
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  const { signal } = new AbortController();
  const indexed = async (threads: { indexWorker?: string }) => {
    const config = configSchema.parse({ cacheDir: tempDirectory(), effort: 'full' });
    const core = await createCore(config, {
      ...providerDeps(),
      structureWorker: STRUCTURE_WORKER,
      ...threads,
    });
    try {
      const { chunks } = await core.index(folder, { signal });
      const hits = await core.search([folder], 'rounded prices', {
        limit: 10,
        mode: 'hybrid',
        signal,
      });
      return { chunks, hits };
    } finally {
      await core.close();
    }
  };
  const threaded = await indexed({ indexWorker: INDEX_WORKER });
  expect(threaded).toEqual(await indexed({}));
  expect(threaded.chunks.misses).toBeGreaterThan(2);
  expect(threaded.hits[0]?.path).toBe('notes.md');
});
