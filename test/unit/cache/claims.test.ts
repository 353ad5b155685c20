import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openClaims } from '../../../server/src/core/cache/claims.ts';
import { textHashOf } from '../../../server/src/core/keys/text-hash.ts';
import { EmbeddingRun } from '../../support/faults/run-embedding.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const [a, b, c] = ['a', 'b', 'c'].map(textHashOf) as [never, never, never];

describe('claims on texts that are being paid for', () => {
  it('belong to who took them first, and to the next once they are released', async () => {
    const directory = tempDirectory();
    const [one, two] = [openClaims(directory), openClaims(directory)];
    expect(await one.take('space', [a, b])).toEqual(new Set([a, b]));
    expect(await two.take('space', [b, c])).toEqual(new Set([c]));
    expect(await two.take('another', [b])).toEqual(new Set([b]));
    await one.release('space', [b]);
    expect(await two.take('space', [a, b])).toEqual(new Set([b]));
    await one.close();
    expect(await two.take('space', [a])).toEqual(new Set([a]));
    await two.close();
  });

  it('end with their process, however it ends, and its lock file goes', async () => {
    const directory = tempDirectory();
    const run = new EmbeddingRun({ directory, untilStopped: true, pauseMs: 5 });
    await run.answered(2);
    await run.kill();
    const running = path.join(directory, 'running');
    expect(readdirSync(running).filter((name) => name.endsWith('.lock'))).toHaveLength(1);

    const claims = openClaims(directory);
    const all = Array.from({ length: 400 }, (_, i) => textHashOf(`text ${i}`));
    expect(await claims.take('any', all)).toEqual(new Set(all));
    expect(readdirSync(running).filter((name) => name.endsWith('.lock'))).toHaveLength(1);
    await claims.close();
    expect(readdirSync(running).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });

  it('are nobody’s where they cannot be kept: each process pays for itself', async () => {
    const claims = openClaims(path.join(import.meta.filename, 'no folder'));
    expect(await claims.take('space', [a])).toEqual(new Set([a]));
    await claims.release('space', [a]);
    await claims.close();
  });
});
