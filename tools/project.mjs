import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** Absolute path of the repository. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Node 24, which the npm package `node` brings; the machine's own may be too old. */
export const nodeBinary = path.join(
  root,
  'node_modules/node/bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

const binFolder = path.join(root, 'node_modules/.bin');

/** This process's environment, with the project's tools and Node 24 found first. */
export function projectEnv(extra = {}) {
  return { ...process.env, PATH: [binFolder, ...searchPath()].join(path.delimiter), ...extra };
}

/** This process's environment as it is outside the project: the machine's own Node and npm. */
export function machineEnv(extra = {}) {
  return { ...process.env, PATH: searchPath().join(path.delimiter), ...extra };
}

/** Absolute path of a program on the search path, or undefined. */
export function onPath(name) {
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  return searchPath()
    .flatMap((folder) => names.map((file) => path.join(folder, file)))
    .find((file) => existsSync(file));
}

function searchPath() {
  return (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== binFolder);
}
