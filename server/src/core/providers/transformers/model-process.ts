import { failureOf } from '../../errors.ts';
import { inForm } from '../../vectors/vector-form.ts';
import { outcomeOfParts, partsOf, type PartVector } from '../long-texts.ts';
import type { ProviderAnswer, ProviderOutcome } from '../provider.ts';
import { LoadedModel } from './loaded-model.ts';
import type { LocalModel } from './local-model.ts';
import type { EmbedRequest, FromModel, ModelSetup, ToModel } from './messages.ts';
import { shortened } from './token-pooling.ts';

// The entry of a process that holds one model. Memory that runs out, or a crash in native code, ends
// this process and no other.

/** Tokens of one run, filling included: a second or so of work, after which others get their turn. */
const RUN_TOKENS = 2048;

interface Part {
  /** Which of the texts it is of. */
  readonly of: number;
  readonly text: string;
  readonly tokens: number;
}

interface Job {
  readonly id: number;
  readonly request: EmbedRequest;
  /** Parts that are run together. */
  readonly runs: Part[][];
  /** By text. */
  readonly found: readonly PartVector[][];
  readonly failed: Map<number, string>;
  tokens: number;
}

let setup: ModelSetup | null = null;
let loading: Promise<LoadedModel> | null = null;
let working = false;
/** What somebody still waits for. */
const wanted = new Set<number>();
const jobs = new Map<number, Job>();

// The parent is gone: nobody needs an answer.
process.on('disconnect', () => process.exit());
process.on('message', (message: ToModel) => {
  if (message.kind === 'setup') setup = message.setup;
  else if (message.kind === 'cancel') forget(message.id);
  else void take(message);
});

function tell(message: FromModel): void {
  process.send?.(message);
}

function forget(id: number): void {
  wanted.delete(id);
  jobs.delete(id);
}

function fail(id: number, error: unknown): void {
  forget(id);
  const { kind, message } = failureOf(error);
  tell({ kind: 'failed', id, failure: kind, message });
}

async function take({ id, question }: Extract<ToModel, { kind: 'ask' }>): Promise<void> {
  wanted.add(id);
  try {
    if (setup === null) throw new Error('asked before it was set up');
    const facts = setup.model;
    const model = await loaded(setup);
    tell({ kind: 'alive' });
    if (!wanted.has(id)) return;
    if (question.kind === 'fits') {
      const { texts, prefix } = question;
      wanted.delete(id);
      tell({ kind: 'done', id, result: texts.map((text) => fits(model, facts, prefix + text)) });
      return;
    }
    jobs.set(id, jobOf(id, question.request, model, facts));
    if (!working) await work(model, facts);
  } catch (error) {
    fail(id, error);
  }
}

/** A load that failed is tried again at the next question: the files may have been put right. */
function loaded(how: ModelSetup): Promise<LoadedModel> {
  loading ??= LoadedModel.load(how).catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

function fits(model: LoadedModel, { maxTokens }: LocalModel, text: string): boolean {
  return model.tokensOf(text) <= maxTokens;
}

function jobOf(id: number, request: EmbedRequest, model: LoadedModel, facts: LocalModel): Job {
  const { texts, prefix } = request;
  const parts: Part[] = [];
  for (const [of, text] of texts.entries()) {
    if (text.trim() === '') continue;
    const cutting = partsOf(text, (part) => fits(model, facts, prefix + part));
    let step = cutting.next();
    while (step.done !== true) step = cutting.next();
    for (const part of step.value)
      parts.push({ of, text: part, tokens: model.tokensOf(prefix + part) });
  }
  const tokens = parts.reduce((sum, part) => sum + part.tokens, 0);
  const found = texts.map(() => []);
  return { id, request, runs: runsOf(parts), found, failed: new Map(), tokens };
}

/** Texts of like length together: all are filled up to the longest of their run. */
function runsOf(parts: readonly Part[]): Part[][] {
  const runs: Part[][] = [];
  for (const part of parts.toSorted((a, b) => a.tokens - b.tokens)) {
    const run = runs.at(-1);
    if (run && part.tokens * (run.length + 1) <= RUN_TOKENS) run.push(part);
    else runs.push([part]);
  }
  return runs;
}

/** One run after another, of the job with least left to do: a query goes before an index's batch. */
async function work(model: LoadedModel, facts: LocalModel): Promise<void> {
  working = true;
  for (let job = leastWork(); job !== undefined; job = leastWork()) {
    try {
      const run = job.runs.shift();
      if (run) await step(job, run, model, facts);
      tell({ kind: 'alive' });
      if (job.runs.length > 0 || !jobs.has(job.id)) continue;
      forget(job.id);
      tell({ kind: 'done', id: job.id, result: answerOf(job) });
    } catch (error) {
      fail(job.id, error);
    }
  }
  working = false;
}

function leastWork(): Job | undefined {
  return [...jobs.values()].toSorted((a, b) => a.runs.length - b.runs.length)[0];
}

async function step(job: Job, run: Part[], model: LoadedModel, facts: LocalModel): Promise<void> {
  const { prefix, dimensions, form } = job.request;
  const vectors = await model.run(run.map(({ text }) => prefix + text));
  for (const [i, { of, text }] of run.entries()) {
    const vector = inForm(shortened(vectors[i]!, dimensions, facts.normalises), form);
    if (vector === null)
      job.failed.set(of, 'The model gave a vector that is all zeros or not finite.');
    else job.found[of]!.push({ vector, bytes: Buffer.byteLength(text) });
  }
}

function answerOf({ request, found, failed, tokens }: Job): ProviderAnswer {
  const outcomes = found.map((parts, of): ProviderOutcome => {
    const reason = failed.get(of);
    return reason === undefined ? outcomeOfParts(parts, request.form) : { kind: 'failed', reason };
  });
  return { outcomes, tokens, requests: 0 };
}
