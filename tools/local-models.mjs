// Installs what runs local models, for the tests that run one: `node tools/local-models.mjs`. By the
// product's own command, into out/, once.
import path from 'node:path';
import { run } from './processes.mjs';
import { isMain, runProgram } from './program.mjs';
import { createProgress } from './progress.mjs';
import { machineEnv, nodeBinary, root } from './project.mjs';
import { ensureBuild, ensurePackages } from './setup.mjs';

const WITHOUT_NETWORK = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH/;

/** Needs a fresh build. Offline the tests that need it say so and are skipped. */
export async function ensureRuntime({ progress, signal }) {
  const command = ['dist/cli.js', 'install-runtime', '--yes', '--quiet', '--cache-dir'];
  try {
    await progress.during('Installing what runs local models', () =>
      run(nodeBinary, [...command, path.join(root, 'out/local-models')], {
        cwd: root,
        env: machineEnv(),
        signal,
      }),
    );
  } catch (error) {
    signal?.throwIfAborted();
    if (!WITHOUT_NETWORK.test(String(error))) throw error;
    progress.say('The registry cannot be reached: tests of local models are skipped.');
  }
}

if (isMain(import.meta.url)) {
  runProgram(async (_args, signal) => {
    const progress = createProgress();
    await ensurePackages({ progress, signal });
    await ensureBuild({ progress, signal });
    await ensureRuntime({ progress, signal });
  });
}
