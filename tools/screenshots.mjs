// Makes the README's pictures in docs/pictures/ from the running product: `npm run screenshots`.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureChromium } from './chromium.mjs';
import { packageVsix, targetHere } from './package.mjs';
import { run } from './processes.mjs';
import { runProgram } from './program.mjs';
import { createProgress } from './progress.mjs';
import { nodeBinary, projectEnv, root } from './project.mjs';
import { ensureBuild, ensurePackages } from './setup.mjs';
import { ensureHost } from './vscode-host.mjs';

/** What of this repository the pictures show. */
const SHOWN = ['client', 'server/protocol', 'server/src', 'docs', 'README.md', 'package.json'];

runProgram(async (_args, signal) => {
  const progress = createProgress();
  const context = { progress, signal };
  await ensurePackages(context);
  await ensureBuild(context);
  const chromium = await ensureChromium(context);
  await ensureHost(context);
  const vsix = await packageVsix({ target: targetHere(), ...context });

  const pictures = path.join(root, 'docs/pictures');
  mkdirSync(pictures, { recursive: true });
  const temp = mkdtempSync(path.join(tmpdir(), 'embeddingcache-pictures-'));
  try {
    const [source, cacheDir] = ['source', 'cache'].map((name) => path.join(temp, name));
    for (const part of SHOWN) {
      cpSync(path.join(root, part), path.join(source, part), { recursive: true });
    }
    // So that the pictures show hits: the same code was indexed before, at another path.
    const options = { cwd: root, env: projectEnv(), signal };
    const cli = path.join(root, 'dist/cli.js');
    await run(nodeBinary, [cli, '--cache-dir', cacheDir, '--quiet', 'index', source], options);
    await progress.during('Taking pictures', () =>
      run(
        nodeBinary,
        [
          '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
          ...['test/ui/take-pictures.ts', source, cacheDir, pictures],
        ],
        {
          ...options,
          env: projectEnv({ EMBEDDINGCACHE_TEST_VSIX: vsix, CHROMIUM: chromium }),
        },
      ),
    );
    progress.say(`The pictures are in ${path.relative(root, pictures)}/.`);
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
});
