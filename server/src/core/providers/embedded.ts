import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Failure } from '../errors.ts';
import type { EmbeddingSpace } from '../keys/space.ts';
import { inForm, STANDARD_FORM, type VectorForm } from '../vectors/vector-form.ts';
import type { ProviderKind } from './provider-kind.ts';
import type { EmbeddingProvider, ProviderAnswer, ProviderOutcome } from './provider.ts';
import { StaticModel } from './static-model.ts';
import { runInSlices } from './time-slices.ts';
import { estimateTokens } from './token-estimate.ts';

/** Of `server/model/code-static-256.bin`. Another file is another model: change it with the file. */
const MODEL_SHA256 = 'f546e3d013d415af5557efdcb301e98a5653b550b8222f804651c1357ef877fd';
const MODEL_NAME = 'code-static-256';
const DIMENSIONS = 256;
const NO_KNOWN_WORD = 'The text holds no word that the built-in model knows.';
const HASH_STEP_BYTES = 1 << 20;

export const embedded: ProviderKind = {
  kind: 'embedded',
  name: 'Built-in',
  remote: null,
  describe: () => ({
    name: 'embedded',
    model: 'built-in',
    address: null,
    host: null,
    local: true,
  }),
  open: (_config, { modelFile, form }) => {
    const provider = new EmbeddedProvider(modelFile, form);
    return Promise.resolve({ document: provider, query: provider });
  },
};

/** The built-in model: no network, no key. Its file is read and checked at the first `embed`. */
export class EmbeddedProvider implements EmbeddingProvider {
  readonly space: EmbeddingSpace;
  readonly local = true;
  readonly host = null;
  /** About 50 ms of work, after which the caller commits what it has. */
  readonly limits = { maxItems: 512, maxTokens: 250_000 };
  /** The work is this thread's own: more at once would only take turns. */
  readonly concurrency = 1;
  /** As `fields` in the file's header. */
  readonly fieldWeights = { path: 0.5, symbols: 0.35 };
  readonly #file: string;
  #model: Promise<StaticModel> | null = null;

  /** @param file Absolute path of the model's file. */
  constructor(file: string, form = STANDARD_FORM) {
    this.#file = file;
    this.space = {
      provider: 'embedded',
      origin: null,
      model: `${MODEL_NAME}@${MODEL_SHA256.slice(0, 8)}`,
      dimensions: DIMENSIONS,
      requestedDimensions: null,
      role: 'both',
      prefix: '',
      ...form,
    };
  }

  countTokens(text: string): number {
    return estimateTokens(text);
  }

  async embed(texts: readonly string[], signal: AbortSignal): Promise<ProviderAnswer> {
    signal.throwIfAborted();
    const model = await this.#loadOnce();
    const outcomes = await runInSlices(outcomesOf(texts, model, this.space), signal);
    const tokens = texts.reduce((sum, text) => sum + estimateTokens(text), 0);
    return { outcomes, tokens, requests: 0 };
  }

  /** A load that failed is tried again at the next call: the file may have been put right. */
  #loadOnce(): Promise<StaticModel> {
    this.#model ??= loadModel(this.#file).catch((error: unknown) => {
      this.#model = null;
      throw error;
    });
    return this.#model;
  }
}

function* outcomesOf(
  texts: readonly string[],
  model: StaticModel,
  form: VectorForm,
): Generator<undefined, ProviderOutcome[], undefined> {
  const outcomes: ProviderOutcome[] = [];
  for (const text of texts) {
    yield;
    const numbers = yield* model.embed(text);
    const vector = numbers === null ? null : inForm(numbers, form);
    outcomes.push(
      vector === null ? { kind: 'failed', reason: NO_KNOWN_WORD } : { kind: 'vector', vector },
    );
  }
  return outcomes;
}

async function loadModel(path: string): Promise<StaticModel> {
  // Shared by every caller of `embed`, so no single caller's signal may stop it. It takes 40 ms.
  const { signal } = new AbortController();
  const file = await readFile(path).catch((cause: unknown) => {
    throw new Failure(
      'internal',
      'The built-in model’s file cannot be read: install Embedding Cache again.',
      { provider: 'embedded', cause },
    );
  });
  if ((await runInSlices(sha256Of(file), signal)) !== MODEL_SHA256) {
    throw new Failure(
      'internal',
      'The built-in model’s file is damaged: install Embedding Cache again.',
      { provider: 'embedded' },
    );
  }
  return runInSlices(StaticModel.parse(file), signal);
}

function* sha256Of(file: Buffer): Generator<undefined, string, undefined> {
  const hash = createHash('sha256');
  for (let start = 0; start < file.length; start += HASH_STEP_BYTES) {
    hash.update(file.subarray(start, start + HASH_STEP_BYTES));
    yield;
  }
  return hash.digest('hex');
}
