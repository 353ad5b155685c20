// Brings a clone to where its tools run: `node tools/setup.mjs`. Starts under any Node >= 20 with
// nothing installed, and does nothing twice.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { spawnSync } from 'node:child_process';
import { run } from './processes.mjs';
import { isMain, runProgram, UserError } from './program.mjs';
import { createProgress } from './progress.mjs';
import { machineEnv, nodeBinary, projectEnv, root } from './project.mjs';

/** Installs the npm packages where what is installed is not what package-lock.json says. */
export async function ensurePackages({ progress, signal }) {
  const absent = packagesToInstall();
  if (absent.length > 0) {
    const fresh = !existsSync(path.join(root, 'node_modules'));
    // `npm ci` empties node_modules first, and this very process may be running from in there.
    const verb = fresh ? 'ci' : 'install';
    await progress.during(`npm ${verb} (${absent.length} packages)`, () =>
      runNpm([verb], { cwd: root, env: machineEnv(), signal }),
    );
  }
  if (nodeVersion() === undefined) {
    // An `ignore-scripts` or `allow-scripts` setting of the machine kept it from unpacking itself.
    await progress.during('Unpacking Node 24', () =>
      runNpm(['rebuild', 'node', '--ignore-scripts=false'], {
        cwd: root,
        env: machineEnv(),
        signal,
      }),
    );
  }
  if (nodeVersion() === undefined) {
    throw new UserError(
      `The npm package "node" did not unpack ${path.relative(root, nodeBinary)}.\n` +
        'Its install script was blocked: check `npm config get ignore-scripts`, and with npm 12 ' +
        'that "allowScripts" in package.json names "node". Then run `npm rebuild node`.',
    );
  }
}

/** Builds dist/ as it ships. Always: it takes two seconds. */
export async function ensureBuild({ progress, signal }) {
  await progress.during('Building dist/', () =>
    run(nodeBinary, ['esbuild.mjs', '--production'], { cwd: root, env: projectEnv(), signal }),
  );
}

/** Runs npm quietly. */
export async function runNpm(args, options) {
  const [command, all, shell] = npmCommand([
    ...args,
    '--loglevel=error',
    '--no-audit',
    '--no-fund',
  ]);
  return run(command, all, { ...options, ...shell });
}

/** Command, arguments and spawn options of npm, whatever way it was installed. */
export function npmCommand(args) {
  const npmCli = process.env.npm_execpath;
  if (npmCli !== undefined && path.basename(npmCli) === 'npm-cli.js' && existsSync(npmCli)) {
    // Not our own Node 24: `npm install` may replace it.
    return [process.env.npm_node_execpath ?? process.execPath, [npmCli, ...args], {}];
  }
  return ['npm', args, { shell: process.platform === 'win32' }];
}

/** Paths in package-lock.json of which node_modules has nothing, or another version. */
function packagesToInstall() {
  const wanted = packagesOf(path.join(root, 'package-lock.json'));
  const present = packagesOf(path.join(root, 'node_modules/.package-lock.json'));
  return Object.entries(wanted)
    .filter(([place, { optional }]) => place !== '' && (!optional || place in present))
    .filter(([place, { version }]) => present[place]?.version !== version)
    .map(([place]) => place);
}

function packagesOf(lockFile) {
  if (!existsSync(lockFile)) return {};
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}

function nodeVersion() {
  const { status, stdout } = spawnSync(nodeBinary, ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

if (isMain(import.meta.url)) {
  runProgram(async (_args, signal) => {
    const progress = createProgress();
    await ensurePackages({ progress, signal });
    await ensureBuild({ progress, signal });
    progress.say('Ready.');
  });
}
