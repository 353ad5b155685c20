import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../../errors.ts';
import { countOrNull, isRecord, stringOrNull, valueAt } from '../remote/wire-format.ts';

export const KIND = 'transformers';

/** How the vectors of a text's tokens become one, by sentence-transformers' names and in its order. */
export const POOLINGS = ['cls', 'max', 'mean', 'mean_sqrt_len', 'lasttoken'] as const;
export type Pooling = (typeof POOLINGS)[number];

/** A model in a folder, as its own files describe it. */
export interface LocalModel {
  /** Absolute path. */
  readonly folder: string;
  /** Relative to the folder, with slashes: the ONNX file, then those that hold its numbers. */
  readonly weights: readonly [string, ...string[]];
  /** More than one: their vectors one after the other. */
  readonly poolings: readonly Pooling[];
  /** A layer comes after pooling: only a file that has it inside, and gives whole texts' vectors, will do. */
  readonly wantsWhole: boolean;
  /** The model scales its vectors to unit length. */
  readonly normalises: boolean;
  readonly dimensions: number;
  /** Of a text with its prefix and the tokens every text has around it. */
  readonly maxTokens: number;
  /** What the model wants before texts, by name; `null`: it does not say. */
  readonly prompts: { readonly document: string; readonly query: string } | null;
}

/** Full precision first: what Python gives, and what others can be compared with. */
const FILES = ['', '_fp16', '_quantized', '_int8', '_uint8', '_q4', '_q4f16', '_bnb4'].flatMap(
  (suffix) => [`onnx/model${suffix}.onnx`, `model${suffix}.onnx`],
);
const ASSUMED_TOKENS = 512;
/** Tokenizers without a limit say a number like 10^30. */
const NO_LIMIT = 1e6;

/**
 * Reads what a folder in the layout of sentence-transformers says of its model. Loads nothing. Throws
 * Failure `modelUnusable` with what is missing.
 */
export async function readLocalModel(folder: string): Promise<LocalModel> {
  const config = await readJson(folder, 'config.json');
  if (config === null) throw unusable(`${folder} holds no model: it has no config.json.`);
  if (!existsSync(path.join(folder, 'tokenizer.json'))) {
    throw unusable(`${folder} has no tokenizer.json.`);
  }
  const modules = await readJson(folder, 'modules.json');
  const layers = Array.isArray(modules) ? modules.map(layerOf) : [];
  const pooling = layers.find(({ type }) => type === 'Pooling');
  const after = layers.filter(
    ({ type }) => !['Transformer', 'Pooling', 'Normalize'].includes(type),
  );
  const pooled = await poolingIn(folder, pooling?.path ?? '1_Pooling');
  const last = after.at(-1);
  const made =
    last &&
    countOrNull(valueAt(await readJson(folder, `${last.path}/config.json`), 'out_features'));
  const own = pooled.width ?? widthOf(config);
  const dimensions = made ?? (own === null ? null : own * pooled.poolings.length);
  if (dimensions === null) throw unusable(`${folder} does not say how long its vectors are.`);
  return {
    folder,
    weights: weightsIn(folder),
    poolings: pooled.poolings,
    wantsWhole: after.length > 0,
    normalises: layers.some(({ type }) => type === 'Normalize'),
    dimensions,
    maxTokens: await maxTokensIn(folder, config),
    prompts: promptsOf(await readJson(folder, 'config_sentence_transformers.json')),
  };
}

interface Layer {
  /** `Transformer`, `Pooling`, `Dense`, `Normalize`, … */
  readonly type: string;
  /** Relative to the model's folder. */
  readonly path: string;
}

function layerOf(module: unknown): Layer {
  const type = stringOrNull(valueAt(module, 'type')) ?? '';
  return { type: type.replace(/^.*\./, ''), path: stringOrNull(valueAt(module, 'path')) ?? '' };
}

function weightsIn(folder: string): [string, ...string[]] {
  const graph = FILES.find((file) => existsSync(path.join(folder, file)));
  if (graph === undefined) {
    throw unusable(
      `${folder} has no ONNX file, such as onnx/model.onnx. Get the model’s ONNX files, or make them with Optimum.`,
    );
  }
  const beside = path.posix.dirname(graph);
  const name = path.posix.basename(graph);
  // `model.onnx_data`, `model.onnx_data_1`, `model.onnx.data`
  const numbers = readdirSync(path.join(folder, beside))
    .filter((file) => file.startsWith(`${name}_data`) || file === `${name}.data`)
    .sort();
  return [graph, ...numbers.map((file) => path.posix.join(beside, file))];
}

async function poolingIn(
  folder: string,
  place: string,
): Promise<{ poolings: Pooling[]; width: number | null }> {
  const config = await readJson(folder, `${place}/config.json`);
  if (config === null) return { poolings: ['mean'], width: null };
  const width = countOrNull(valueAt(config, 'word_embedding_dimension'));
  // Old files have a switch for each kind, newer ones may name it.
  const named = stringOrNull(valueAt(config, 'pooling_mode'));
  const switches = Object.entries(isRecord(config) ? config : {})
    .filter(([name, value]) => name.startsWith('pooling_mode_') && value === true)
    .map(([name]) => name.slice('pooling_mode_'.length).replace(/_tokens?$/, ''));
  const wanted = named === null ? switches : [named];
  const poolings = POOLINGS.filter((pooling) => wanted.includes(pooling));
  if (poolings.length === 0 || poolings.length !== wanted.length) {
    throw unusable(`${folder} wants a pooling that is not known here: ${wanted.join(', ')}.`);
  }
  return { poolings, width };
}

function widthOf(config: unknown): number | null {
  const names = ['hidden_size', 'd_model', 'dim', 'n_embd'];
  return (
    names.map((name) => countOrNull(valueAt(config, name))).find((size) => size !== null) ?? null
  );
}

async function maxTokensIn(folder: string, config: unknown): Promise<number> {
  const tokenizer = await readJson(folder, 'tokenizer_config.json');
  const positions = countOrNull(valueAt(config, 'max_position_embeddings'));
  const limits = [
    countOrNull(valueAt(await readJson(folder, 'sentence_bert_config.json'), 'max_seq_length')),
    countOrNull(valueAt(tokenizer, 'model_max_length')),
    // Two of RoBERTa's stand for no place in the text.
    positions !== null && isRobertaLike(config) ? positions - 2 : positions,
  ].filter((limit) => limit !== null && limit > 0 && limit < NO_LIMIT) as number[];
  return limits.length === 0 ? ASSUMED_TOKENS : Math.min(...limits);
}

function isRobertaLike(config: unknown): boolean {
  return /roberta|camembert|mpnet/.test(stringOrNull(valueAt(config, 'model_type')) ?? '');
}

function promptsOf(config: unknown): LocalModel['prompts'] {
  const prompt = (...names: readonly string[]) =>
    names.map((name) => stringOrNull(valueAt(config, 'prompts', name))).find((text) => text) ?? '';
  const usual = stringOrNull(valueAt(config, 'default_prompt_name'));
  const fallback = usual === null ? '' : prompt(usual);
  const document = prompt('document', 'passage', 'corpus') || fallback;
  const query = prompt('query') || fallback;
  return document === '' && query === '' ? null : { document, query };
}

/** Null where there is no such file. */
async function readJson(folder: string, name: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path.join(folder, name), 'utf8'));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw unusable(`${path.join(folder, name)} cannot be read, or is damaged.`, cause);
  }
}

export function unusable(message: string, cause?: unknown): Failure {
  return new Failure('modelUnusable', message, { provider: KIND, cause });
}
