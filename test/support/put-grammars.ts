import path from 'node:path';
import { putGrammars } from '../../tools/grammars.mjs';

/** Folder of the grammars as core finds it beside the model of this repository. */
export const GRAMMARS_FOLDER = path.resolve(import.meta.dirname, '../../server/grammars');

/** Before all tests: those that need no build need the grammars all the same. */
export default function setup(): void {
  putGrammars(GRAMMARS_FOLDER);
}
