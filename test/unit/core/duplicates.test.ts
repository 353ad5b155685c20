import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Duplicates, Likeness } from '../../../server/src/core/search/duplicates.ts';
import { CoreWorld } from '../../support/core-world.ts';
import { writeTree } from '../../support/folder-tree.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const { signal } = new AbortController();

const retry = (name: string, extra = ''): string =>
  `export async function ${name}(request: Request, attempts: number): Promise<Response> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const response = await fetch(request);
    if (response.ok) return response;
    await pause(backoffDelay(attempt, 200, 5000));
  }
${extra}  throw new Error('the request failed too often');
}
`;
const OTHER = `export function monthlyReport(orders: Order[]): string {
  const total = orders.reduce((sum, order) => sum + order.price, 0);
  const header = 'Orders of this month';
  const lines = orders.map((order) => order.customer + ' ' + order.price);
  return [header, ...lines, total].join('\\n');
}
`;

const ALONE = `export class Clock {
  readonly started = Date.now();
  elapsed(): number {
    return Date.now() - this.started;
  }
}
`;

let find: (likeness: Likeness, limit?: number) => Promise<Duplicates>;

beforeEach(async () => {
  const directory = tempDirectory();
  const folder = path.join(directory, 'repository');
  writeTree(folder, {
    'src/a.ts': retry('sendWithRetry'),
    'lib/deep/copy.ts': retry('sendWithRetry'),
    'src/renamed.ts': retry('sendAgain'),
    'src/renamed-too.ts': retry('sendAgain'),
    'src/report.ts': OTHER,
    'lib/report.ts': OTHER,
    'lib/deep/alone.ts': ALONE,
    'src/short.ts': 'export const a = 1;\n',
    'src/short-too.ts': 'export const a = 1;\n',
  });
  const world = new CoreWorld({ cacheDir: path.join(directory, 'cache') });
  const within = path.join(folder, 'lib');
  await world.index(folder);
  await world.index(within);
  find = (likeness, limit = 10) =>
    world.use((core) => core.duplicates([folder, within, folder], { likeness, limit, signal }));
});

const pathsOf = ({ groups }: Duplicates) =>
  groups.map(({ places }) => places.map((place) => place.path).sort());

describe('duplicates', () => {
  it('that are equal letter for letter stand in one group, short ones left out', async () => {
    const found = await find('exact');
    expect(pathsOf(found).slice(0, 2).sort()).toEqual([
      ['lib/deep/copy.ts', 'src/a.ts'],
      ['src/renamed-too.ts', 'src/renamed.ts'],
    ]);
    expect(found.groups[0]).toMatchObject({ lines: 8, likeness: 1 });
    expect(found.groups[0]!.places[0]).toMatchObject({ startLine: 1, endLine: 8 });
    // What saves fewer lines comes later; what two folders have of one file is no copy.
    expect(pathsOf(found).slice(2)).toEqual([['lib/report.ts', 'src/report.ts']]);
  });

  it('that are nearly equal join them, wherever they lie and whatever they are called', async () => {
    const found = await find('near');
    expect(pathsOf(found)).toEqual([
      ['lib/deep/copy.ts', 'src/a.ts', 'src/renamed-too.ts', 'src/renamed.ts'],
      ['lib/report.ts', 'src/report.ts'],
    ]);
    expect(found.groups[0]!.likeness).toBeGreaterThan(0.95);
    expect(found.groups[0]!.likeness).toBeLessThan(1);
  });

  it('beyond the limit are counted', async () => {
    expect(await find('exact', 0)).toEqual({ groups: [], total: 3 });
  });
});

it('stops when told to', async () => {
  const directory = tempDirectory();
  const folder = path.join(directory, 'repository');
  writeTree(folder, { 'a.ts': OTHER });
  const world = new CoreWorld({ cacheDir: path.join(directory, 'cache') });
  await world.index(folder);
  const stopped = world.use((core) =>
    core.duplicates([folder], { likeness: 'near', limit: 1, signal: AbortSignal.abort() }),
  );
  await expect(stopped).rejects.toThrow(/abort/i);
});
