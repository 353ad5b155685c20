import { Command, InvalidArgumentError, Option } from 'commander';
import { PROVIDER_KINDS, usdOrNone, type GlobalOptions } from './cli-settings.ts';
import { type DuplicatesFlags, runDuplicates } from './duplicates-command.ts';
import { runEmbed, type EmbedFlags } from './embed-command.ts';
import { runExplain, type ExplainFlags } from './explain-command.ts';
import type { ExitCode } from './exit-code.ts';
import { runBackup } from './backup-command.ts';
import { runExport, type ExportFlags } from './export-command.ts';
import { runImport } from './import-command.ts';
import { runGc, type GcFlags } from './gc-command.ts';
import { runIndex, type IndexFlags } from './index-command.ts';
import { runInstallRuntime } from './install-runtime-command.ts';
import type { Invocation } from './invocation.ts';
import { VECTOR_FORMATS } from './output/vector-output.ts';
import { RERANKER_KINDS } from './reranker-settings.ts';
import { runSearch, type SearchFlags } from './search-command.ts';
import { runSimilar, type SimilarFlags } from './similar-command.ts';
import { runStats, type StatsFlags } from './stats-command.ts';
import { runVerify, type VerifyFlags } from './verify-command.ts';
import type { Terminal } from './terminal.ts';

const SEARCH_MODES = ['hybrid', 'semantic', 'text'] as const;

/** What a parsed command line asks to run. */
export type Act = (
  options: GlobalOptions,
  run: (call: Invocation) => Promise<ExitCode>,
) => Promise<void>;

/** The command line of the CLI contract. Parsing throws CommanderError instead of exiting. */
export function createProgram(version: string, terminal: Terminal, act: Act): Command {
  const program = new Command('embeddingcache')
    .description('Search code by meaning. No text is ever embedded twice.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('Run embeddingcache --help to see what there is.')
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
    })
    .option('--cache-dir <folder>', 'where the cache lives (EMBEDDINGCACHE_DIR)')
    .addOption(
      new Option('--provider <name>', 'who turns text into vectors (EMBEDDINGCACHE_PROVIDER)')
        .choices(PROVIDER_KINDS)
        .default(undefined, '"embedded"'),
    )
    .option('--model <name>', 'the provider’s model (EMBEDDINGCACHE_MODEL)')
    .option('--dimensions <number>', 'shorter vectors, where the model offers them', wholeNumber)
    .option('--base-url <url>', 'address of the provider (OPENAI_BASE_URL, OLLAMA_HOST, …)')
    .option('--deployment <name>', 'Azure OpenAI’s deployment (AZURE_OPENAI_DEPLOYMENT)')
    .option('--api-version <version>', 'Azure OpenAI’s API (AZURE_OPENAI_API_VERSION)')
    .option('--model-folder <folder>', 'of a local model (EMBEDDINGCACHE_MODEL_FOLDER)')
    .option('--json', 'print data as JSON')
    .option('-q, --quiet', 'no progress and no logs')
    .option('-y, --yes', 'do not ask before a run that costs money')
    .option('--confirm-above <usd>', 'ask before a run that costs more (0.10)', dollarSum)
    .option(
      '--monthly-limit <usd>',
      'stop at this sum in a month, or none (5; EMBEDDINGCACHE_MONTHLY_LIMIT)',
      dollarSumOrNone,
    )
    .option('--no-secret-check', 'send texts that look like they hold a secret, too');
  const optionsOf = (): GlobalOptions => program.opts<GlobalOptions>();

  program
    .command('index')
    .description('bring the index of a folder up to date')
    .argument('[folder]', 'the folder', '.')
    .option('--dry-run', 'predict only: nothing is sent or stored')
    .action((folder: string, flags: IndexFlags) =>
      act(optionsOf(), (call) => runIndex(call, folder, flags)),
    );

  withHitOptions(program.command('search'))
    .description('find code of an indexed folder by a description in plain words')
    .argument('<query>', 'what to look for')
    .addOption(
      new Option('--mode <mode>', 'by meaning, by words, or both')
        .choices(SEARCH_MODES)
        .default('hybrid'),
    )
    .option('--tests', 'only tests')
    .option('--no-tests', 'all but tests')
    .option('--changed-since <commit>', 'only files that differ from a git commit, branch or tag')
    .addOption(
      new Option('--reranker <name>', 'send the 50 best hits to be put in order there').choices(
        RERANKER_KINDS,
      ),
    )
    .option('--reranker-model <name>', 'its model')
    .option('--reranker-url <url>', 'its address, where that is not the provider’s own')
    .option('--explain', 'say why each hit stands where it does')
    .action((query: string, flags: SearchFlags) =>
      act(optionsOf(), (call) => runSearch(call, query, flags)),
    );

  withHitOptions(program.command('similar'))
    .description('find code of an indexed folder that is like some lines')
    .argument('<place>', 'FILE:LINE or FILE:FIRST-LAST')
    .action((place: string, flags: SimilarFlags) =>
      act(optionsOf(), (call) => runSimilar(call, place, flags)),
    );

  program
    .command('duplicates')
    .description('find code of an indexed folder that is there more than once')
    .option('--folder <folder>', 'the indexed folder', '.')
    .option('--limit <number>', 'most groups', wholeNumber, 20)
    .addOption(
      new Option('--likeness <likeness>', 'letter for letter, at least 95% or at least 90% alike')
        .choices(['exact', 'near', 'similar'])
        .default('near'),
    )
    .action((flags: DuplicatesFlags) => act(optionsOf(), (call) => runDuplicates(call, flags)));

  program
    .command('embed')
    .description('turn texts into vectors')
    .argument('[texts...]', 'the texts')
    .option('--input <file>', 'a line a text, or JSON lines {"text": …}; - for stdin')
    .option('--output <file>', 'write the vectors to a file')
    .addOption(
      new Option('--format <format>', 'of the vectors')
        .choices(VECTOR_FORMATS)
        .default(undefined, 'by the file’s name, else "json"'),
    )
    .action((texts: string[], flags: EmbedFlags) =>
      act(optionsOf(), (call) => runEmbed(call, texts, flags)),
    );

  program
    .command('explain')
    .description('say why a file is, or is not, indexed')
    .argument('<file>', 'the file')
    .option('--folder <folder>', 'the indexed folder it is in, if not the innermost')
    .action((file: string, flags: ExplainFlags) =>
      act(optionsOf(), (call) => runExplain(call, file, flags)),
    );

  program
    .command('stats')
    .description('show what the cache holds and what it saved')
    .option('--sent', 'show which file’s text was sent where, newest first')
    .option('--by-day', 'show hits, misses and money by day and model, latest first')
    .action((flags: StatsFlags) => act(optionsOf(), (call) => runStats(call, flags)));

  program
    .command('verify')
    .description('check every vector and text of the cache')
    .option(
      '--repair',
      'remove damaged rows, and bring what can be read of a damaged file into a new one',
    )
    .action((flags: VerifyFlags) => act(optionsOf(), (call) => runVerify(call, flags)));

  program
    .command('gc')
    .description('remove embeddings by age or size, and texts that none needs')
    .option('--older-than <days>', 'embeddings not used for so long: 90, 90d, 12w, 1y', days)
    .option('--max-bytes <size>', 'least recently used first, down to 500000000 or 500MB', bytes)
    .option('--space <space>', 'only this model, or space id; alone: all of it')
    .option('--dry-run', 'say what would be removed, and remove nothing')
    .action((flags: GcFlags) => act(optionsOf(), (call) => runGc(call, flags)));

  program
    .command('export')
    .description('write embeddings to a file that import takes, for another computer')
    .argument('<file>', 'the pack to write')
    .option('--space <space>', 'only this model, or space id')
    .option('--with-text', 'texts too; without, hashes and vectors only')
    .action((file: string, flags: ExportFlags) =>
      act(optionsOf(), (call) => runExport(call, file, flags)),
    );

  program
    .command('import')
    .description('merge a pack, or a folder of the Python package embeddingcache (with --model)')
    .argument('<source>', 'the pack or the folder')
    .action((source: string) => act(optionsOf(), (call) => runImport(call, source)));

  program
    .command('backup')
    .description('copy the whole cache while it is in use')
    .argument('<folder>', 'a new or an empty folder')
    .action((folder: string) => act(optionsOf(), (call) => runBackup(call, folder)));

  program
    .command('install-runtime')
    .description('install what runs local models: @huggingface/transformers, by npm')
    .action(() => act(optionsOf(), runInstallRuntime));

  return program;
}

function withHitOptions(command: Command): Command {
  return command
    .option('--folder <folder>', 'the indexed folder', '.')
    .option('--limit <number>', 'most hits', wholeNumber, 10)
    .option('--path <glob>', 'only paths like this, relative to the folder')
    .option('--language <id>', 'only files of this language, e.g. typescript');
}

function dollarSum(text: string): number {
  const usd = dollarSumOrNone(text);
  if (usd === null) throw new InvalidArgumentError('It must be a sum of dollars, such as 2.50.');
  return usd;
}

function dollarSumOrNone(text: string): number | null {
  const usd = usdOrNone(text);
  if (usd !== false) return usd;
  throw new InvalidArgumentError('It must be a sum of dollars, such as 2.50, or none.');
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('It must be a whole number of 1 or more.');
}

function days(text: string): number {
  const [, number, unit] = /^(\d{1,5})([dwy]?)$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError('Say it as 90, 90d, 12w or 1y.');
  return Number(number) * (unit === 'y' ? 365 : unit === 'w' ? 7 : 1);
}

const BYTES: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };

function bytes(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([kmgt]?)b?$/i.exec(text) ?? [];
  const factor = BYTES[(unit ?? '').toLowerCase()];
  if (number === undefined || factor === undefined) {
    throw new InvalidArgumentError('Say it as 500000000, 500MB or 2GB.');
  }
  return Math.round(Number(number) * factor);
}
