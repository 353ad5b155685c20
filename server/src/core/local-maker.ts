import type { PythonModel } from './cache/maintenance/python-cache.ts';
import type { VectorMaker } from './cache/maintenance/vector-maker.ts';
import { failureOf } from './errors.ts';
import type { Logger } from './logger.ts';
import { providerConfigOf } from './providers/provider-config.ts';
import type { LocalModelDeps } from './providers/provider-deps.ts';
import { openLocalModel } from './providers/transformers.ts';

export interface OpenMaker extends VectorMaker {
  close(): Promise<void>;
}

export interface LocalMakerParts {
  readonly model: PythonModel;
  /** Absolute path of its folder; empty: it is in Hugging Face's cache. */
  readonly modelFolder: string;
  readonly localModels: LocalModelDeps;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * The local model that made a Python directory's vectors. Null where it cannot be run here: they are
 * then kept under its bare name, which no provider uses.
 */
export async function openLocalMaker(parts: LocalMakerParts): Promise<OpenMaker | null> {
  const { model, modelFolder, localModels, logger, signal } = parts;
  const { element, normalised } = model;
  const named = modelFolder === '' ? { model: model.model } : { modelFolder };
  const config = providerConfigOf(model.provider, named);
  const form = { element, normalised };
  try {
    const pair = await openLocalModel(config, { localModels, form, logger }, signal);
    const { document } = pair;
    const maker: OpenMaker = {
      space: document.space,
      fits: (texts) => document.fits(texts, signal),
      embed: async (texts) => {
        const { outcomes } = await document.embed(texts, signal);
        return outcomes.map((outcome) => (outcome.kind === 'vector' ? outcome.vector : null));
      },
      close: () => pair.close(),
    };
    try {
      // Whether it runs shows only when it is asked something.
      await maker.fits([]);
      return maker;
    } catch (error) {
      await pair.close();
      throw error;
    }
  } catch (error) {
    const { kind, message } = failureOf(error);
    if (kind !== 'modelUnusable' && kind !== 'notInstalled') throw error;
    logger.warn(
      `${message} Until then these vectors are kept, but not used: import them again once the model runs here.`,
    );
    return null;
  }
}
