import { Failure } from '../../errors.ts';
import type { EmbeddingSpace } from '../../keys/space.ts';
import type { Logger } from '../../logger.ts';
import type { VectorForm } from '../../vectors/vector-form.ts';
import { batchesOf, type TextSize } from '../batching.ts';
import type {
  BatchLimits,
  EmbeddingProvider,
  ProviderAnswer,
  ProviderOutcome,
} from '../provider.ts';
import { runInSlices } from '../time-slices.ts';
import { batchLimitsOf, lessonOf } from './learned-limits.ts';
import { stillHolding, withLesson, type Learned, type LimitMemory } from './limit-memory.ts';
import { halvesOf, outcomeOfParts, partsOf, splitNote, type PartVector } from '../long-texts.ts';
import type { ModelNote } from './model-note.ts';
import type { RequestSize } from './refusal-hint.ts';
import { askInHalves, reasonOf, TextsRefused } from './refused-texts.ts';
import type { RemoteClient } from './remote-client.ts';

/** A text halved this often is 256 parts: who still finds them too long means something else. */
const MOST_HALVINGS = 8;
/** So does who finds this too long: every model takes it. */
const SHORT_BYTES = 256;

export interface RemoteProviderOptions {
  readonly space: EmbeddingSpace;
  /** Name the endpoint knows the model by. */
  readonly model: string;
  readonly host: string;
  /** As published. */
  readonly limits: BatchLimits;
  readonly concurrency: number;
  /** Null where the endpoint alone knows. */
  readonly maxTokensPerText: number | null;
  readonly countTokens: (text: string) => number;
  readonly client: RemoteClient;
  /** Name under which what is learned is kept. */
  readonly memoryName: string;
  readonly memory: LimitMemory;
  readonly learned: Learned;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly modelNote: ModelNote;
  readonly logger: Logger;
}

/** A batch that the endpoint said it would take in smaller ones. */
class BatchTooLarge extends Failure {}

/** Turns texts into requests of one endpoint, and its answers into a vector for each text. */
export class RemoteProvider implements EmbeddingProvider {
  readonly space: EmbeddingSpace;
  readonly local = false;
  readonly host: string;
  readonly concurrency: number;
  readonly fieldWeights = null;
  readonly #options: RemoteProviderOptions;
  #learned: Learned;

  constructor(options: RemoteProviderOptions) {
    this.space = options.space;
    this.host = options.host;
    this.concurrency = options.concurrency;
    this.#options = options;
    this.#learned = options.learned;
  }

  get limits(): BatchLimits {
    const { limits, now } = this.#options;
    return batchLimitsOf(limits, stillHolding(this.#learned, now()));
  }

  countTokens(text: string): number {
    return this.#options.countTokens(text);
  }

  countParts(text: string): number {
    const cutting = partsOf(text, (part) => this.#fits(part));
    let step = cutting.next();
    while (step.done !== true) step = cutting.next();
    return step.value.length;
  }

  async embed(texts: readonly string[], signal: AbortSignal): Promise<ProviderAnswer> {
    signal.throwIfAborted();
    const sent = { requests: 0, tokens: 0 };
    const found = texts.map((): FoundText => ({ parts: [], reason: null }));
    let open = await runInSlices(this.#partsOf(texts), signal);
    for (let halvings = 0; open.length > 0; halvings++) {
      const outcomes = await this.#askAll(open, sent, signal);
      open = open.flatMap((part, i) => {
        const outcome = outcomes[i]!;
        if (canBeHalved(part, outcome, halvings)) {
          return halvesOf(part.text).map((text) => ({ ...part, text }));
        }
        take(found[part.of]!, part, outcome);
        return [];
      });
    }
    const outcomes = found.map((text) => outcomeOf(text, this.space));
    this.#warnOfSplit(outcomes);
    return { outcomes, ...sent };
  }

  #warnOfSplit(outcomes: readonly ProviderOutcome[]): void {
    const { model, logger } = this.#options;
    const note = splitNote(outcomes, model);
    if (note !== null) logger.warn(note);
  }

  *#partsOf(texts: readonly string[]): Generator<undefined, Part[], undefined> {
    const open: Part[] = [];
    for (const [of, text] of texts.entries()) {
      if (text.trim() === '') continue;
      const parts = yield* partsOf(text, (part) => this.#fits(part));
      open.push(...parts.map((part) => ({ of, text: part })));
    }
    return open;
  }

  #fits(part: string): boolean {
    const { maxTokensPerText, countTokens } = this.#options;
    const room = (maxTokensPerText ?? Infinity) - countTokens(this.space.prefix);
    // A token takes a byte at least, so a short text needs no counting.
    return Buffer.byteLength(part) <= room || countTokens(part) <= room;
  }

  /** One outcome per part. Throws where nothing at all was answered. */
  async #askAll(
    parts: readonly Part[],
    sent: Sent,
    signal: AbortSignal,
  ): Promise<ProviderOutcome[]> {
    const outcomes: ProviderOutcome[] = [];
    const waiting = batchesOf(parts, this.limits, (part) => this.#sizeOf(part.text));
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
      try {
        outcomes.push(...(await this.#askBatch(batch, sent, signal)));
      } catch (error) {
        if (error instanceof BatchTooLarge) {
          waiting.unshift(...batchesOf(batch, this.limits, (part) => this.#sizeOf(part.text)));
          continue;
        }
        // What was answered was paid for: it is handed on, and the rest says what happened to it.
        const reason = reasonOf(error);
        if (reason === null || (outcomes.length === 0 && sent.tokens === 0)) throw error;
        const rest = [...batch, ...waiting.splice(0).flat()];
        outcomes.push(...rest.map((): ProviderOutcome => ({ kind: 'failed', reason })));
      }
    }
    return outcomes;
  }

  async #askBatch(batch: readonly Part[], sent: Sent, signal: AbortSignal) {
    const { client, model, modelNote } = this.#options;
    const { prefix, role, requestedDimensions: ask, dimensions: expect } = this.space;
    // Of a batch that was refused without a word about limits, and then answered in parts.
    const halving = { refusedWhole: false, mostAccepted: 0 };
    const texts = batch.map(({ text }) => prefix + text);
    const outcomes = await askInHalves(texts, async (some) => {
      const size = this.#sizeOfAll(some);
      try {
        const request = { model, texts: some, ask, expect, role, form: this.space };
        const answer = await client.embed(request, size, () => sent.requests++, signal);
        await modelNote.check(answer.model);
        sent.tokens += answer.tokens ?? size.tokens;
        halving.mostAccepted = Math.max(halving.mostAccepted, size.items);
        return answer.outcomes;
      } catch (error) {
        if (!(error instanceof TextsRefused) || size.items === 1) throw error;
        const lesson = lessonOf(error.hint, size);
        if (lesson !== null) {
          await this.#learn(lesson);
          throw new BatchTooLarge('refused', error.message);
        }
        halving.refusedWhole ||= error.kind === 'refused' && error.hint === null;
        throw error;
      }
    });
    // Each of its texts was fine by itself: there were too many of them.
    if (halving.refusedWhole && outcomes.every(({ kind }) => kind === 'vector')) {
      await this.#learn({ maxItems: halving.mostAccepted });
    }
    return outcomes;
  }

  async #learn(lesson: Learned): Promise<void> {
    const { memory, memoryName, now } = this.#options;
    const nowMs = now();
    this.#learned = withLesson(this.#learned, lesson, nowMs);
    await memory.learn(memoryName, lesson, nowMs);
  }

  #sizeOf(text: string): TextSize {
    return { tokens: this.countTokens(text), bytes: Buffer.byteLength(text) };
  }

  #sizeOfAll(texts: readonly string[]): RequestSize {
    const sizes = texts.map((text) => this.#sizeOf(text));
    return {
      items: texts.length,
      tokens: sizes.reduce((sum, { tokens }) => sum + tokens, 0),
      bytes: sizes.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }
}

/** A text that is sent: a whole one, or a part of one that is too long. */
interface Part {
  /** Which of the texts it is of. */
  readonly of: number;
  readonly text: string;
}

interface FoundText {
  readonly parts: PartVector[];
  reason: { readonly reason: string; readonly tooLong?: boolean } | null;
}

interface Sent {
  requests: number;
  tokens: number;
}

function canBeHalved({ text }: Part, outcome: ProviderOutcome, halvings: number): boolean {
  if (outcome.kind !== 'failed' || outcome.tooLong !== true) return false;
  return halvings < MOST_HALVINGS && Buffer.byteLength(text) > SHORT_BYTES;
}

function take(found: FoundText, { text }: Part, outcome: ProviderOutcome): void {
  if (outcome.kind === 'failed') found.reason ??= outcome;
  else found.parts.push({ vector: outcome.vector, bytes: Buffer.byteLength(text) });
}

function outcomeOf({ parts, reason }: FoundText, form: VectorForm): ProviderOutcome {
  if (reason !== null) return { kind: 'failed', ...reason };
  return outcomeOfParts(parts, form);
}
