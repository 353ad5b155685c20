import { Failure } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { Learned, LimitMemory } from './limit-memory.ts';

interface ModelNoteOptions {
  /** Provider kind. */
  readonly provider: string;
  readonly host: string;
  /** Name the model is asked by. */
  readonly model: string;
  readonly memoryName: string;
  readonly memory: LimitMemory;
  readonly learned: Learned;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly logger: Logger;
}

/**
 * Remembers under which name a model answers. Endpoints may one day serve another model than the
 * one that was asked for; its vectors would not fit those that are stored.
 */
export class ModelNote {
  readonly #options: ModelNoteOptions;
  #answersAs: string | null;

  constructor(options: ModelNoteOptions) {
    this.#options = options;
    this.#answersAs = options.learned.answersAs ?? null;
  }

  /** Null: the answer names none. Throws Failure `badAnswer` for another model than before. */
  async check(answering: string | null): Promise<void> {
    if (answering === null || answering === '') return;
    const { provider, host, model, memory, memoryName, logger, now } = this.#options;
    const name = answering.replace(/[^\w./:@-]/g, '?').slice(0, 100);
    if (this.#answersAs === null) {
      this.#answersAs = name;
      if (name !== model) logger.info(`${host} answers for ${model} as model ${name}`);
      await memory.learn(memoryName, { answersAs: name }, now());
    } else if (this.#answersAs !== name) {
      throw new Failure(
        'badAnswer',
        `${host} now answers for ${model} as model ${name}, before as ${this.#answersAs}. Their vectors do not go together: set the model to the one you want.`,
        { provider, host },
      );
    }
  }
}
