// Runs one benchmark: `npm run bench -- NAME [ARG…]` runs test/bench/NAME.ts. Without a name it
// lists them. A benchmark that reads ../shared is skipped where that folder is absent.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { putGrammars } from './grammars.mjs';
import { runAttached } from './processes.mjs';
import { runProgram, UserError } from './program.mjs';
import { createProgress } from './progress.mjs';
import { nodeBinary, projectEnv, root } from './project.mjs';
import { ensureBuild, ensurePackages } from './setup.mjs';

const folder = path.join(root, 'test/bench');

runProgram(async ([name, ...args], signal) => {
  const names = benchNames();
  if (name === undefined) {
    console.log('npm run bench -- NAME, where NAME is one of:');
    for (const each of names) console.log(`  ${each}`);
    return 0;
  }
  if (!names.includes(name)) {
    throw new UserError(`No benchmark “${name}”. There are: ${names.join(', ') || 'none'}.`);
  }
  const file = path.join(folder, `${name}.ts`);
  const shared = path.join(root, '../shared');
  if (!existsSync(shared) && readFileSync(file, 'utf8').includes('../shared')) {
    console.log(`skipped: ${name} measures on ${shared}, which is not here.`);
    return 0;
  }
  const progress = createProgress(process.stderr);
  await ensurePackages({ progress, signal });
  await ensureBuild({ progress, signal });
  putGrammars(path.join(root, 'server/grammars'));
  return runAttached(
    nodeBinary,
    ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', '--expose-gc', file, ...args],
    { cwd: root, env: projectEnv(), signal },
  );
});

/** A benchmark is a file directly in test/bench/; what several share lies in folders there. */
function benchNames() {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.basename(file, '.ts'))
    .sort();
}
