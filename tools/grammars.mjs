// Brings the grammars that files are parsed with, and the parser itself, into one folder.
import { copyFileSync, existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

const modules = path.resolve(import.meta.dirname, '../node_modules');
const packages = {
  '@vscode/tree-sitter-wasm/wasm/tree-sitter-':
    'bash c-sharp css go java javascript php powershell python ruby rust tsx typescript',
  '@repomix/tree-sitter-wasms/out/tree-sitter-': 'c cpp dart swift',
  'tree-sitter-scala/tree-sitter-': 'scala',
  '@tree-sitter-grammars/tree-sitter-kotlin/tree-sitter-': 'kotlin',
};

/** Copies what is absent or differs in size; `folder` holds `NAME.wasm` files afterwards. */
export function putGrammars(folder) {
  mkdirSync(folder, { recursive: true });
  copy('web-tree-sitter/web-tree-sitter.wasm', path.join(folder, 'web-tree-sitter.wasm'));
  for (const [prefix, names] of Object.entries(packages)) {
    for (const name of names.split(' '))
      copy(`${prefix}${name}.wasm`, path.join(folder, `${name}.wasm`));
  }
}

function copy(from, to) {
  const source = path.join(modules, from);
  if (!existsSync(to) || statSync(to).size !== statSync(source).size) copyFileSync(source, to);
}
