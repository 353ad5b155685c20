// Type declarations of the package for Node programs: `declarationsOf(['main.ts', …])`.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const DISPOSABLE = '/// <reference lib="esnext.disposable" />\n';

/**
 * Declaration files of sources that need no other file's types to be written down, by file name.
 * They import each other as consumers find them: by `.js`.
 */
export function declarationsOf(folder, names) {
  return Object.fromEntries(
    names.map((name) => {
      const source = readFileSync(path.join(folder, name), 'utf8');
      const { outputText, diagnostics } = ts.transpileDeclaration(source, {
        fileName: name,
        reportDiagnostics: true,
        compilerOptions: { isolatedDeclarations: true, stripInternal: true },
      });
      const wrong = diagnostics.map(({ messageText }) =>
        ts.flattenDiagnosticMessageText(messageText, '\n'),
      );
      if (wrong.length > 0) throw new Error(`${name} has no declarations:\n${wrong.join('\n')}`);
      const text = outputText.replaceAll(/(from '\.\/[\w-]+)\.ts'/g, "$1.js'");
      // `await using` in whatever lib the program is compiled with.
      const lib = text.includes('Symbol.asyncDispose') ? DISPOSABLE : '';
      return [name.replace(/\.ts$/, '.d.ts'), lib + text];
    }),
  );
}
