// Bundles every entry point into dist/: `node esbuild.mjs [--production]`.
import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

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
const server = { ...common, external: knexDrivers };

rmSync('dist', { recursive: true, force: true });
await Promise.all([
  build({
    ...common,
    entryPoints: ['client/src/extension.ts'],
    outfile: 'dist/client/extension.js',
    // Only here: a leak of `vscode` into the server fails the server's build.
    external: ['vscode'],
  }),
  build({
    ...server,
    entryPoints: ['server/src/frontends/lsp/main.ts'],
    outfile: 'dist/server/main.js',
  }),
  build({
    ...server,
    entryPoints: ['server/src/frontends/cli/main.ts'],
    outfile: 'dist/cli/main.js',
  }),
]);
// better-sqlite3 looks for ../prebuilds/<platform>-<arch>.node beside the folder its code sits in.
cpSync('node_modules/better-sqlite3/prebuilds', 'dist/prebuilds', { recursive: true });
mkdirSync('dist/model', { recursive: true });
cpSync('server/model/code-static-256.bin', 'dist/model/code-static-256.bin');
// The `embeddingcache` bin: stable path, one folder above the bundle it loads.
writeFileSync('dist/cli.js', "#!/usr/bin/env node\nrequire('./cli/main.js');\n");
chmodSync('dist/cli.js', 0o755);
