import { rmSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { named } from '../support/faults/tools.ts';
import { copyFixtureWorkspace } from '../support/fixture-workspace.ts';
import { linkRuntime, whyNoRuntime } from '../support/local-models.ts';
import { writePythonDirectory } from '../support/python-directory.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { hubPlaceOf, tinyTokenVectors, writeTinyModel } from '../support/tiny-model/tiny-model.ts';
import { runCli, runJson, type CliOptions } from './cli-process.ts';

interface Embedded {
  readonly model: string;
  readonly hits: number;
  readonly misses: number;
}

const MODEL = 'all-MiniLM-L6-v2';
const LOCAL = ['--provider', 'transformers', '--model', MODEL];
let home: string;
let cacheDir: string;
let place: string;
let options: CliOptions;
beforeEach(() => {
  home = tempDirectory();
  cacheDir = path.join(home, 'cache');
  const hub = path.join(home, 'hub');
  place = hubPlaceOf(hub, `sentence-transformers/${MODEL}`);
  options = { cwd: home, env: { EMBEDDINGCACHE_DIR: cacheDir, HF_HUB_CACHE: hub } };
});

/** As sentence-transformers gives it, for a text of words the model knows. */
function pythonVector(text: string): number[] {
  const rows = tinyTokenVectors(text.split(' '));
  const mean = rows[0]!.map((_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length);
  const length = Math.hypot(...mean);
  return mean.map((x) => x / length);
}

describe.skipIf(whyNoRuntime)(named('a local model on the command line', whyNoRuntime), () => {
  beforeEach(() => {
    linkRuntime(cacheDir);
    writeTinyModel(place);
  });

  it('indexes and finds; the second time it is not even started', async () => {
    const folder = copyFixtureWorkspace(path.join(home, 'first'));
    const first = await runJson<{ chunks: object; provider: object }>(
      [...LOCAL, 'index', folder],
      options,
    );
    expect(first.provider).toMatchObject({ name: 'transformers', requests: 0, costUsd: 0 });
    const hits = await runJson<unknown[]>(
      [...LOCAL, 'search', 'import', '--folder', folder],
      options,
    );
    expect(hits.length).toBeGreaterThan(0);
    const copy = copyFixtureWorkspace(path.join(home, 'second'));
    rmSync(path.join(cacheDir, 'transformers'));
    const again = await runJson<{ chunks: { misses: number } }>([...LOCAL, 'index', copy], options);
    expect(again.chunks.misses).toBe(0);
  });

  it('uses what the Python package made with it, and makes none of it again', async () => {
    const python = tempDirectory();
    const texts = ['red', 'green apple', 'import function'];
    const long = 'red '.repeat(100).trim();
    const made = [...texts, long].map((text): [string, number[]] => [text, pythonVector(text)]);
    writePythonDirectory(python, MODEL, new Map(made));
    const report = await runJson<{ spaces: { added: number; leftOut: number }[] }>(
      ['import', python, '--model', MODEL],
      options,
    );
    expect(report.spaces).toMatchObject([{ added: 3, leftOut: 1 }]);
    const embedded = await runJson<Embedded>([...LOCAL, 'embed', ...texts, long], options);
    expect(embedded).toMatchObject({ hits: 3, misses: 1 });
  });

  it('refuses what another model made under its name', async () => {
    const python = tempDirectory();
    writePythonDirectory(python, MODEL, new Map([['red', pythonVector('blue')]]));
    const { exitCode, stderr } = await runCli(['import', python, '--model', MODEL], options);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('another model made them');
  });

  it('is a folder, too', async () => {
    const folder = path.join(home, 'mine');
    writeTinyModel(folder, { seed: 3 });
    const flags = ['--provider', 'transformers', '--model-folder', 'mine'];
    const { model, misses } = await runJson<Embedded>([...flags, 'embed', 'red'], options);
    expect(model).toMatch(/^mine@/);
    expect(misses).toBe(1);
  });
});

describe('a local model without what runs it', () => {
  beforeEach(() => {
    writeTinyModel(place);
  });

  it('says how to install that, and keeps an import for later', async () => {
    const { exitCode, stderr } = await runCli([...LOCAL, 'embed', 'red'], options);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('embeddingcache install-runtime');
    const python = tempDirectory();
    writePythonDirectory(python, MODEL, new Map([['red', pythonVector('red')]]));
    const run = await runCli(['import', python, '--model', MODEL, '--json'], options);
    expect(run.exitCode).toBe(0);
    expect(JSON.parse(run.stdout.toString())).toMatchObject({ modelMissing: true });
    expect(run.stderr).toContain('import them again once the model runs here');
  });

  it('installs nothing without being told to', async () => {
    const { exitCode, stderr } = await runCli(['install-runtime'], options);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/npm downloads @huggingface\/transformers, about \d+ MB.*add --yes/);
  });
});
