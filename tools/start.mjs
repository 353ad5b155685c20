// `npm start [-- FOLDER] [--no-editor] [--query "…"] [--cache-dir FOLDER]`: sets up, builds, indexes
// a folder with the built-in model, asks it something, indexes it again to show that nothing is
// embedded twice, and opens VS Code on it.
import { statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openEditor } from './open-editor.mjs';
import { run, runAttached } from './processes.mjs';
import { runProgram, UserError } from './program.mjs';
import { createProgress } from './progress.mjs';
import { nodeBinary, projectEnv, root } from './project.mjs';
import { ensureBuild, ensurePackages } from './setup.mjs';

const USAGE = `npm start [-- FOLDER] [--no-editor] [--query "…"] [--cache-dir FOLDER]

  FOLDER       what to index and open; this repository when left out
  --no-editor  stop after the search in the terminal
  --query      what to ask, in plain words
  --cache-dir  where vectors are kept; your own cache when left out`;

// In two pieces: exact text comes first, and this line is none of the answers.
const OWN_QUERY = ['how long to wait', 'before a request is repeated'].join(' ');

runProgram(async (args, signal) => {
  const options = optionsOf(args);
  if (options === undefined) {
    console.log(USAGE);
    return 0;
  }
  const { folder, query, cacheDir, editor } = options;
  const progress = createProgress();
  await ensurePackages({ progress, signal });
  await ensureBuild({ progress, signal });
  const cli = createCli({ cacheDir, signal });

  progress.say(`Indexing ${folder}`);
  const first = await cli.index(folder);
  progress.say(sentenceOf(first));
  progress.say(`Asking: “${query}”`);
  console.log();
  await cli.search(folder, query);
  console.log();

  progress.say('Indexing it once more');
  const second = await cli.index(folder);
  progress.say(sentenceOf(second));
  checkNothingEmbedded(second);
  progress.say('Nothing was embedded twice.');

  if (editor) await openEditor({ folder, cacheDir, progress, signal });
  return 0;
});

/** Undefined where help was asked for. */
function optionsOf(args) {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  if (positionals.length > 1) throw new UserError(`One folder, please.\n\n${USAGE}`);
  const folder = path.resolve(positionals[0] ?? root);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserError(`${folder} is not a folder.`);
  }
  const inRepository = folder === root;
  return {
    folder,
    query: values.query ?? (inRepository ? OWN_QUERY : 'where does the program start'),
    cacheDir: values['cache-dir'] && path.resolve(values['cache-dir']),
    editor: !values['no-editor'],
  };
}

function parse(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        'no-editor': { type: 'boolean' },
        query: { type: 'string' },
        'cache-dir': { type: 'string' },
      },
    });
  } catch (error) {
    throw new UserError(`${error.message}\n\n${USAGE}`);
  }
}

/** The product's own command line, with the built-in model. */
function createCli({ cacheDir, signal }) {
  const command = (...args) => [
    path.join(root, 'dist/cli.js'),
    ...['--provider', 'embedded'],
    ...(cacheDir === undefined ? [] : ['--cache-dir', cacheDir]),
    ...args,
  ];
  const options = { cwd: root, env: projectEnv(), signal };
  return {
    async index(folder) {
      const args = command('--json', 'index', folder);
      // Its progress and its complaints go straight to the terminal.
      return JSON.parse(await run(nodeBinary, args, { ...options, stderr: 'inherit' }));
    },
    async search(folder, query) {
      const args = command('search', query, '--folder', folder, '--limit', '5');
      const exitCode = await runAttached(nodeBinary, args, options);
      if (exitCode !== 0) throw new UserError(`The search failed (exit code ${exitCode}).`);
    },
  };
}

function sentenceOf({ files, chunks, provider, seconds }) {
  const count = (number) => number.toLocaleString('en');
  return (
    `${count(files.total)} files, ${count(chunks.total)} chunks: ${count(chunks.misses)} embedded, ` +
    `${count(chunks.total - chunks.misses)} known already, ` +
    `${count(provider.requests)} requests sent, ${seconds.toFixed(1)} s`
  );
}

function checkNothingEmbedded({ chunks, provider }) {
  if (chunks.misses === 0 && provider.requests === 0) return;
  throw new UserError(
    `The second pass embedded ${chunks.misses} chunks in ${provider.requests} requests; it should ` +
      'have embedded none. If no file changed in between, this is a bug: please report it.',
  );
}
