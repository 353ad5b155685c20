import path from 'node:path';
import type { Core, EmbedReport } from '../../core/core.ts';
import { settingsOf } from './cli-settings.ts';
import { withheldWords } from './failure-words.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { textsOfInput } from './input/open-input.ts';
import { batchesOf, type InputText } from './input/texts.ts';
import { withCore, type Invocation } from './invocation.ts';
import { count, figure } from './output/figures.ts';
import type {
  EmbeddedText,
  EmbedTotals,
  VectorShape,
  VectorWriter,
} from './output/vector-writer.ts';
import { openVectorOutput, vectorFormatOf, type VectorFormat } from './output/vector-output.ts';
import { oneLine, write } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export interface EmbedFlags {
  readonly input?: string;
  readonly output?: string;
  readonly format?: VectorFormat;
}

interface Totals extends EmbedTotals {
  readonly shape: VectorShape;
  readonly failures: readonly { index: number; error: string }[];
}

/** `embed [TEXT…]`: vectors of texts, in the order given. */
export async function runEmbed(
  call: Invocation,
  texts: readonly string[],
  flags: EmbedFlags,
): Promise<ExitCode> {
  const { terminal, options, signal } = call;
  const input = inputOf(call, texts, flags.input);
  const file = flags.output === undefined ? null : path.resolve(terminal.cwd, flags.output);
  const format = vectorFormatOf(flags.format, flags.output);
  const settings = settingsOf(options, terminal.env, terminal.cwd);

  const totals = await withCore(call, settings, async (core) => {
    const { sink, writer } = await openVectorOutput(format, file, terminal.stdout);
    try {
      const done = await embedAll(call, core, input, writer);
      signal.throwIfAborted();
      await sink.finish();
      return done;
    } catch (error) {
      await sink.discard();
      throw error;
    }
  });
  call.progress.clear();
  if (file !== null && options.json === true) await write(terminal.stdout, summaryJson(totals));
  if (options.quiet !== true) terminal.stderr.write(summaryText(totals));
  return totals.failures.length === 0 ? EXIT.done : EXIT.failed;
}

function inputOf(
  { terminal, signal }: Invocation,
  texts: readonly string[],
  input: string | undefined,
): AsyncIterable<InputText> | Iterable<InputText> {
  if (texts.length > 0 && input !== undefined) {
    throw new UsageError('Give texts or --input, not both.');
  }
  if (input !== undefined) return textsOfInput(input, terminal, signal);
  if (texts.length > 0) return texts.map((text) => ({ kind: 'text', text }));
  throw new UsageError('Nothing to embed: give texts, --input FILE, or --input - for stdin.');
}

async function embedAll(
  { signal, progress }: Invocation,
  core: Core,
  input: AsyncIterable<InputText> | Iterable<InputText>,
  writer: VectorWriter,
): Promise<Totals> {
  let shape: VectorShape | null = null;
  const begin = async ({ space }: EmbedReport): Promise<VectorShape> => {
    await writer.begin(space);
    return space;
  };
  const failures: { index: number; error: string }[] = [];
  let [done, hits, misses] = [0, 0, 0];

  for await (const batch of batchesOf(input)) {
    const texts = batch.flatMap((entry) => (entry.kind === 'text' ? [entry.text] : []));
    const report = await core.embed(texts, signal);
    shape ??= await begin(report);
    const embedded = embeddedTexts(batch, report);
    await writer.add(embedded);
    const counts = countOf(report);
    hits += counts.hits;
    misses += counts.misses;
    embedded.forEach((text, i) => {
      if (text.kind === 'failed') failures.push({ index: done + i, error: text.reason });
    });
    done += batch.length;
    progress.show(`Embedded ${count(done, 'text')}: ${figure(hits)} from the cache`);
  }
  shape ??= await begin(await core.embed([], signal));
  await writer.end({ hits, misses });
  return { shape, hits, misses, failures };
}

/** Puts the outcomes of the good entries back among the bad ones. */
function embeddedTexts(batch: readonly InputText[], report: EmbedReport): EmbeddedText[] {
  const outcomes = report.outcomes.values();
  return batch.map((entry) => {
    if (entry.kind === 'bad') return { kind: 'failed', reason: entry.reason };
    const { value: outcome } = outcomes.next();
    if (outcome === undefined) throw new RangeError('core gave fewer outcomes than texts');
    switch (outcome.kind) {
      case 'failed':
        return outcome;
      case 'withheld':
        return { kind: 'failed', reason: withheldWords(outcome.reason) };
      case 'hit':
      case 'miss':
        return { kind: 'vector', vector: outcome.vector };
      default:
        return outcome satisfies never;
    }
  });
}

/** A text given twice is sent once: its second place is a hit, in one batch as in two. */
function countOf({ outcomes }: EmbedReport): EmbedTotals {
  const embedded = outcomes.filter((outcome) => 'vector' in outcome);
  const missed = embedded.filter((outcome) => outcome.kind === 'miss').map(({ hash }) => hash);
  const misses = new Set(missed).size;
  return { hits: embedded.length - misses, misses };
}

function summaryJson({ shape: { model, dimensions }, hits, misses, failures }: Totals): string {
  const errors = failures.length === 0 ? {} : { errors: failures };
  return `${JSON.stringify({ model, dimensions, hits, misses, ...errors })}\n`;
}

const FAILURES_SHOWN = 10;

function summaryText({ shape, hits, misses, failures }: Totals): string {
  const total = hits + misses + failures.length;
  const lines = [
    `${count(total, 'text')}: ${count(hits, 'hit')}, ${count(misses, 'miss')} (${shape.model}, ${count(shape.dimensions, 'dimension')})`,
    ...failures
      .slice(0, FAILURES_SHOWN)
      .map(({ index, error }) => `text ${index} failed: ${oneLine(error)}`),
  ];
  const more = failures.length - FAILURES_SHOWN;
  if (more > 0) lines.push(`${figure(more)} more failed`);
  return `${lines.join('\n')}\n`;
}
