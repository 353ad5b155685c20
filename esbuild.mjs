// Bundles every entry point into dist/: `node esbuild.mjs [--production]`.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { build } from 'esbuild';
import { compileScanKernel } from './tools/compile-wat.mjs';
import { declarationsOf } from './tools/declarations.mjs';
import { putGrammars } from './tools/grammars.mjs';

const production = process.argv.includes('--production');
const common = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  sourcemap: production ? false : 'linked',
  minify: production,
  // Class names are part of what a user reads in an error or a log.
  keepNames: true,
  logLevel: 'warning',
};
// knex requires every driver lazily by name; only better-sqlite3 is used.
const knexDrivers = [
  'mysql',
  'mysql2',
  'mariadb',
  'mariadb/callback',
  'oracledb',
  'pg',
  'pg-native',
  'pg-query-stream',
  'sqlite3',
  'tedious',
];
// A megabyte of data that only OpenAI's models need: a file of its own, so that no start reads it.
const tokenizerApart = {
  name: 'tokenizer apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/cl100k\.ts$/ }, () => ({
      path: '../tokenizer/cl100k.js',
      external: true,
    }));
  },
};
// What an entry loads once it keeps compiled code: a file of its own beside it.
const bodyApart = {
  name: 'body apart',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/(server|run-command)\.ts$/ }, ({ path }) => ({
      path: path.replace(/ts$/, 'js'),
      external: true,
    }));
  },
};
const server = {
  ...common,
  external: knexDrivers,
  plugins: [tokenizerApart],
  define: { SCAN_KERNEL: JSON.stringify(await compileScanKernel()) },
  // Its other build asks for import.meta, which a CommonJS bundle has not.
  alias: { 'web-tree-sitter': './node_modules/web-tree-sitter/web-tree-sitter.cjs' },
};

// Built aside and swapped in whole: what runs from dist/ meanwhile never finds it half empty.
const next = `out/dist-${process.pid}`;
const previous = `${next}-previous`;
await Promise.all([
  build({
    ...common,
    entryPoints: ['client/src/extension.ts'],
    outfile: `${next}/client/extension.js`,
    // Only here: a leak of `vscode` into the server fails the server's build.
    external: ['vscode'],
  }),
  ...['server/src/frontends/lsp/main.ts', 'server/src/frontends/cli/main.ts'].map((entry) =>
    build({
      ...server,
      plugins: [bodyApart],
      // By require: an import would first parse the whole file for its exports.
      supported: { 'dynamic-import': false },
      entryPoints: [entry],
      outfile: `${next}/${entry.includes('/lsp/') ? 'server' : 'cli'}/main.js`,
    }),
  ),
  build({
    ...server,
    entryPoints: ['server/src/frontends/lsp/server.ts'],
    outfile: `${next}/server/server.js`,
  }),
  build({
    ...server,
    entryPoints: ['server/src/frontends/cli/run-command.ts'],
    outfile: `${next}/cli/run-command.js`,
  }),
  build({
    ...server,
    entryPoints: ['server/src/core/index/workers/index-worker.ts'],
    outfile: `${next}/workers/index-worker.js`,
  }),
  build({
    ...common,
    entryPoints: ['server/src/core/providers/transformers/model-process.ts'],
    outfile: `${next}/workers/model-process.js`,
  }),
  build({
    ...server,
    entryPoints: ['server/src/core/cache/maintenance/structure-worker.ts'],
    outfile: `${next}/workers/structure-worker.js`,
  }),
  build({
    ...server,
    entryPoints: ['server/src/frontends/node/main.ts'],
    outfile: `${next}/node/main.js`,
  }),
  build({
    ...common,
    entryPoints: ['server/src/core/providers/cl100k.ts'],
    outfile: `${next}/tokenizer/cl100k.js`,
  }),
  build({
    ...common,
    entryPoints: ['server/src/core/chunks/secret-scan-worker.ts'],
    outfile: `${next}/workers/secret-scan-worker.js`,
  }),
]);
// What `import 'embeddingcache'` finds beside its code.
for (const [name, text] of Object.entries(
  declarationsOf('server/src/frontends/node', ['main.ts', 'api.ts']),
)) {
  writeFileSync(`${next}/node/${name}`, text);
}
// better-sqlite3 looks for ../prebuilds/<platform>-<arch>.node beside the folder its code sits in.
cpSync('node_modules/better-sqlite3/prebuilds', `${next}/prebuilds`, { recursive: true });
mkdirSync(`${next}/model`, { recursive: true });
cpSync('server/model/code-static-256.bin', `${next}/model/code-static-256.bin`);
putGrammars(`${next}/grammars`);
// The `embeddingcache` bin: stable path, one folder above the bundle it loads.
writeFileSync(`${next}/cli.js`, "#!/usr/bin/env node\nrequire('./cli/main.js');\n");
chmodSync(`${next}/cli.js`, 0o755);

if (existsSync('dist')) renameSync('dist', previous);
renameSync(next, 'dist');
rmSync(previous, { recursive: true, force: true });
