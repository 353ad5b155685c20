import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { createChunker } from '../../core/chunks/create-chunker.ts';
import { grammarsBeside } from '../../core/chunks/grammars.ts';
import { Failure } from '../../core/errors.ts';
import type { SearchHit } from '../../core/search/search-hit.ts';
import type { ExitCode } from './exit-code.ts';
import type { Invocation } from './invocation.ts';
import { searchFolder } from './search-command.ts';
import { UsageError } from './usage-error.ts';

export interface SimilarFlags {
  readonly folder?: string;
  readonly limit: number;
  readonly path?: string;
  readonly language?: string;
}

/** Lines of a file, 1-based and inclusive. */
interface Place {
  readonly file: string;
  readonly startLine: number;
  readonly endLine: number;
}

/** `similar FILE:LINE[-LINE]`: the places of an indexed folder nearest to these lines. */
export async function runSimilar(
  call: Invocation,
  argument: string,
  flags: SimilarFlags,
): Promise<ExitCode> {
  const { place, text } = await passageAt(call, placeOf(argument, call.terminal.cwd));
  return searchFolder(call, flags.folder, async (core, folder) => {
    // The lines themselves are the nearest of all, so as many more are asked for as they may be.
    const own = 1 + place.endLine - place.startLine;
    const hits = await core.similar([folder], text, {
      limit: flags.limit + own,
      mode: 'semantic',
      path: flags.path,
      language: flags.language,
      signal: call.signal,
    });
    const file = await realpath(place.file);
    return hits.filter((hit) => !isAt(hit, { ...place, file })).slice(0, flags.limit);
  });
}

function placeOf(argument: string, cwd: string): Place {
  const match = /^(?<file>.+):(?<start>\d+)(?:-(?<end>\d+))?$/.exec(argument);
  const { file = '', start = '', end = start } = match?.groups ?? {};
  const startLine = Number(start);
  const endLine = Number(end);
  if (file === '' || startLine < 1 || endLine < startLine) {
    throw new UsageError(`“${argument}” is not a place: write FILE:LINE or FILE:FIRST-LAST.`);
  }
  return { file: path.resolve(cwd, file), startLine, endLine };
}

/** The lines named; for a single one the chunk around it, because one line says little. */
async function passageAt(
  { modelFile }: Invocation,
  place: Place,
): Promise<{ place: Place; text: string }> {
  const { file, startLine, endLine } = place;
  const content = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Failure('badSettings', `${file} cannot be read.`, { cause });
  });
  const lines = content.split(/\r?\n/);
  const text = lines.slice(startLine - 1, endLine).join('\n');
  if (text.trim() === '') {
    throw new Failure('badSettings', `${file} has no text at line ${startLine}.`);
  }
  if (endLine > startLine) return { place, text };
  const chunks = await createChunker(grammarsBeside(modelFile)).chunk(file, lines.join('\n'));
  const chunk = chunks.find((found) => found.startLine <= startLine && found.endLine >= startLine);
  return chunk === undefined ? { place, text } : { place: { ...chunk, file }, text: chunk.text };
}

function isAt(hit: SearchHit, place: Place): boolean {
  if (path.join(hit.folder, hit.path) !== place.file) return false;
  return hit.startLine <= place.endLine && hit.endLine >= place.startLine;
}
