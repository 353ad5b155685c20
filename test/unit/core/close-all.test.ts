import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { closeAll } from '../../../server/src/core/close-all.ts';
import { configSchema } from '../../../server/src/core/config.ts';
import { createCore } from '../../../server/src/core/core.ts';
import { providerDeps, STRUCTURE_WORKER } from '../../support/provider-deps.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

describe('closing several things', () => {
  it('closes all of them, in order, and tells the first failure', async () => {
    const closed: string[] = [];
    const closer = (name: string, fails: boolean) => async () => {
      closed.push(name);
      if (fails) throw new Error(name);
    };
    const all = closeAll([closer('a', false), closer('b', true), closer('c', true)]);
    await expect(all).rejects.toThrow('b');
    expect(closed).toEqual(['a', 'b', 'c']);
  });
});

describe('a core that cannot be put together', () => {
  it('leaves no file open, which would keep the process from ending', async () => {
    const cacheDir = tempDirectory();
    const config = { ...configSchema.parse({ cacheDir }), provider: { kind: 'none' } as never };
    const deps = { ...providerDeps(), structureWorker: STRUCTURE_WORKER };
    await expect(createCore(config, deps)).rejects.toMatchObject({ kind: 'badSettings' });
    // SQLite removes its log when the last connection is closed.
    expect(readdirSync(cacheDir).sort()).toEqual(['hashstring.db', 'usage.db']);
  });
});
