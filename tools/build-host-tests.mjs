import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isMain, runProgram } from './program.mjs';
import { createProgress } from './progress.mjs';
import { root } from './project.mjs';

const outFolder = path.join(root, 'out/host-tests');

/** Bundles test/host/ for VS Code's extension host; gives the entry's absolute path. */
export async function buildHostTests({ progress }) {
  const { build } = await import('esbuild');
  rmSync(outFolder, { recursive: true, force: true });
  const cases = readdirSync(path.join(root, 'test/host')).filter((name) =>
    name.endsWith('.test.ts'),
  );
  await progress.during('Building the in-host tests', () =>
    build({
      absWorkingDir: root,
      entryPoints: ['index.ts', ...cases].map((name) => path.join('test/host', name)),
      outdir: outFolder,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node22',
      sourcemap: 'inline',
      logLevel: 'warning',
      // vscode is the host's; mocha is an ES module, imported when it runs.
      external: ['vscode', 'mocha'],
    }),
  );
  return path.join(outFolder, 'index.js');
}

if (isMain(import.meta.url)) {
  runProgram(async () => {
    await buildHostTests({ progress: createProgress() });
  });
}
