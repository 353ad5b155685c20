// Makes VSIX files in out/: `npm run package [-- TARGET…|all]`. Without a target one universal file
// with every prebuilt database driver; with one, a smaller file for that platform.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { run } from './processes.mjs';
import { isMain, runProgram, UserError } from './program.mjs';
import { createProgress } from './progress.mjs';
import { nodeBinary, projectEnv, root } from './project.mjs';
import { ensureBuild, ensurePackages } from './setup.mjs';
import { vsixEntries } from './vsix-entries.mjs';

const UNIVERSAL = 'universal';
const MB = 1024 * 1024;

/**
 * VSIX target → the prebuilt drivers it carries, and the most it may weigh. Of that 10 MB are the
 * embedded model and 3 MB the grammars that files are cut with.
 */
const targets = {
  [UNIVERSAL]: { prebuilds: '*', maxBytes: 23 * MB },
  ...Object.fromEntries(
    [
      ['linux-x64', 'linux-x64'],
      ['linux-arm64', 'linux-arm64'],
      // VS Code's alpine is musl.
      ['alpine-x64', 'linuxmusl-x64'],
      ['alpine-arm64', 'linuxmusl-arm64'],
      ['darwin-x64', 'darwin-x64'],
      ['darwin-arm64', 'darwin-arm64'],
      ['win32-x64', 'win32-x64'],
      ['win32-arm64', 'win32-arm64'],
    ].map(([target, prebuilds]) => [target, { prebuilds, maxBytes: 15 * MB }]),
  ),
};

const ALL_PREBUILDS = 'dist/prebuilds/*.node';

/** Packs dist/ as it stands and gives the VSIX's absolute path. Throws on a wrong or fat file. */
export async function packageVsix({ target = UNIVERSAL, progress, signal }) {
  const wanted = targets[target];
  if (wanted === undefined) {
    throw new UserError(`No target “${target}”. Targets: all, ${Object.keys(targets).join(', ')}.`);
  }
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const file = path.join(root, 'out', `embeddingcache-${version}-${target}.vsix`);
  const ignoreFile = writeIgnoreFile(target, wanted.prebuilds);
  const vsce = [path.join(root, 'node_modules/@vscode/vsce/vsce'), 'package', '--no-dependencies'];
  const options = [
    ...['--ignoreFile', ignoreFile, '--out', file],
    ...(target === UNIVERSAL ? [] : ['--target', target]),
    // The pictures are read beside the README, not from a server.
    ...['--no-rewrite-relative-links', '--allow-missing-repository'],
  ];
  await progress.during(`Packing ${path.relative(root, file)}`, () =>
    run(nodeBinary, [...vsce, ...options], { cwd: root, env: projectEnv(), signal }),
  );
  checkFiles(file, wanted.prebuilds);
  const { size } = statSync(file);
  const [weight, most] = [size, wanted.maxBytes].map((bytes) => (bytes / MB).toFixed(1));
  if (size > wanted.maxBytes) {
    throw new UserError(`${path.basename(file)} weighs ${weight} MB; the budget is ${most} MB.`);
  }
  progress.say(`${path.relative(root, file)}: ${weight} MB of at most ${most} MB`);
  return file;
}

/** VSIX target of this machine. */
export function targetHere() {
  const musl =
    process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime;
  const target = `${musl ? 'alpine' : process.platform}-${process.arch}`;
  return target in targets ? target : UNIVERSAL;
}

/** .vscodeignore with only the target's prebuilt drivers re-admitted; dist/ stays untouched. */
function writeIgnoreFile(target, prebuilds) {
  const text = readFileSync(path.join(root, '.vscodeignore'), 'utf8');
  if (!text.includes(`!${ALL_PREBUILDS}`)) {
    throw new Error(`.vscodeignore has no line “!${ALL_PREBUILDS}”`);
  }
  const file = path.join(root, 'out', `vscodeignore-${target}`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text.replace(ALL_PREBUILDS, ALL_PREBUILDS.replace('*', prebuilds)));
  return file;
}

/** What is packed must be what was reviewed: one file more or less is an error. */
function checkFiles(file, prebuilds) {
  const packed = vsixEntries(file);
  const reviewed = readFileSync(path.join(root, 'tools/vsix-files.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .filter(
      (line) =>
        prebuilds === '*' ||
        !line.startsWith('dist/prebuilds/') ||
        line.endsWith(`/${prebuilds}.node`),
    );
  const extra = packed.filter((entry) => !reviewed.includes(entry)).map((entry) => `  + ${entry}`);
  const absent = reviewed.filter((entry) => !packed.includes(entry)).map((entry) => `  - ${entry}`);
  if (extra.length + absent.length > 0) {
    throw new UserError(
      `${path.basename(file)} does not hold what tools/vsix-files.txt lists (+ extra, - absent):\n` +
        [...extra, ...absent].join('\n'),
    );
  }
}

if (isMain(import.meta.url)) {
  runProgram(async (args, signal) => {
    const progress = createProgress();
    await ensurePackages({ progress, signal });
    await ensureBuild({ progress, signal });
    const chosen = args[0] === 'all' ? Object.keys(targets) : args.length > 0 ? args : [UNIVERSAL];
    for (const target of chosen) await packageVsix({ target, progress, signal });
  });
}
