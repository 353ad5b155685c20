import type { Core } from '../../core/core.ts';
import { Failure } from '../../core/errors.ts';
import type { SearchHit, SearchMode } from '../../core/search/search-hit.ts';
import { settingsOf } from './cli-settings.ts';
import { withReranker, type RerankerFlags } from './reranker-settings.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { folderArgument } from './folder-argument.ts';
import { withCore, type Invocation } from './invocation.ts';
import { notRerankedWords } from './failure-words.ts';
import { count } from './output/figures.ts';
import { hitsJson, hitsText } from './output/hits.ts';
import { write } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export interface SearchFlags extends RerankerFlags {
  readonly folder?: string;
  readonly limit: number;
  readonly mode: SearchMode;
  readonly path?: string;
  readonly language?: string;
  /** `--tests` or `--no-tests`. */
  readonly tests?: boolean;
  readonly changedSince?: string;
  readonly explain?: boolean;
}

/** `search QUERY`: the places of an indexed folder that answer a question in plain words. */
export async function runSearch(
  call: Invocation,
  query: string,
  flags: SearchFlags,
): Promise<ExitCode> {
  if (query.trim() === '') throw new UsageError('The query is empty.');
  return searchFolder(
    call,
    flags.folder,
    (core, folder) =>
      core.search([folder], query, {
        limit: flags.limit,
        mode: flags.mode,
        path: flags.path,
        language: flags.language,
        tests: flags.tests,
        changedSince: flags.changedSince,
        signal: call.signal,
        onNotReranked: (why) => {
          if (call.options.quiet === true) return;
          call.terminal.stderr.write(`The hits are not reranked. ${notRerankedWords(why)}\n`);
        },
      }),
    { explain: flags.explain === true, reranker: flags },
  );
}

/** Opens core, makes sure that the folder can answer, prints the hits. */
export async function searchFolder(
  call: Invocation,
  named: string | undefined,
  search: (core: Core, folder: string) => Promise<readonly SearchHit[]>,
  { explain, reranker }: { readonly explain: boolean; readonly reranker?: RerankerFlags } = {
    explain: false,
  },
): Promise<ExitCode> {
  const { terminal, options } = call;
  const settings = withReranker(
    settingsOf(options, terminal.env, terminal.cwd),
    reranker ?? {},
    terminal.env,
  );
  const folder = await folderArgument(call, named);
  return withCore(call, settings, async (core) => {
    const state = await core.folderState(folder);
    if (!state.indexed) throw notIndexed(core, folder);
    const hits = await search(core, folder);
    if (options.json) {
      await write(terminal.stdout, hitsJson(hits, { explain }));
    } else {
      await write(terminal.stdout, hitsText(hits, terminal.stdout, { explain }));
      if (hits.length === 0 && options.quiet !== true) {
        terminal.stderr.write(`Nothing close found in ${count(state.files, 'file')}.\n`);
      }
    }
    return EXIT.done;
  });
}

/** What is thrown before a folder without an index is asked. */
export function notIndexed({ provider }: Core, folder: string): Failure {
  const model = provider.name === 'embedded' ? '' : ` with ${provider.model}`;
  return new Failure(
    'badSettings',
    `${folder} is not indexed${model} yet. Index it first: embeddingcache index ${quoted(folder)}`,
  );
}

function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `"${argument}"`;
}
