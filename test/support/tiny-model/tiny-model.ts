import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { seededRandom } from '../seeded-random.ts';
import { onnxFile } from './onnx-file.ts';

export const TINY_DIMENSIONS = 32;

/** Words the model knows; any other is put together from letters and signs. */
const WORDS = ['red', 'green', 'blue', 'apple', 'function', 'return', 'import', 'class'];
const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyz0123456789');
const SIGNS = Array.from('.,:;!?()[]{}<>=+-*/%&|^~#@$_"\'`\\');
const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'];
const VOCABULARY = [
  ...SPECIAL,
  ...WORDS,
  ...LETTERS,
  ...LETTERS.map((letter) => `##${letter}`),
  ...SIGNS,
];

export interface TinyModelOptions {
  /** Other weights for another number. */
  readonly seed?: number;
  /** As in `1_Pooling/config.json`: `cls_token`, `mean_tokens`, … */
  readonly poolings?: readonly string[];
  readonly maxTokens?: number;
  readonly prompts?: Readonly<Record<string, string>>;
  /** Types of the layers after pooling. */
  readonly layers?: readonly string[];
  /** Relative to the folder. */
  readonly onnx?: string;
  /** The ONNX file gives vectors of whole texts. */
  readonly wholeTexts?: boolean;
}

/** Writes a BERT-like model with its tokenizer, in the layout of sentence-transformers. */
export function writeTinyModel(folder: string, options: TinyModelOptions = {}): void {
  const { poolings = ['mean_tokens'], maxTokens = 64, prompts, layers = ['Normalize'] } = options;
  const modules = ['Transformer', 'Pooling', ...layers].map((type, i) => ({
    path: i === 0 ? '' : `${i}_${type}`,
    type: `sentence_transformers.models.${type}`,
  }));
  const files: Record<string, unknown> = {
    'config.json': {
      model_type: 'bert',
      architectures: ['BertModel'],
      hidden_size: TINY_DIMENSIONS,
      max_position_embeddings: 512,
    },
    'modules.json': modules,
    '1_Pooling/config.json': {
      word_embedding_dimension: TINY_DIMENSIONS,
      pooling_mode_cls_token: false,
      pooling_mode_mean_tokens: false,
      ...Object.fromEntries(poolings.map((name) => [`pooling_mode_${name}`, true])),
    },
    'sentence_bert_config.json': { max_seq_length: maxTokens, do_lower_case: false },
    'config_sentence_transformers.json': { prompts: prompts ?? {}, default_prompt_name: null },
    'tokenizer_config.json': {
      tokenizer_class: 'BertTokenizer',
      model_max_length: 512,
      ...{ unk_token: '[UNK]', sep_token: '[SEP]', pad_token: '[PAD]', cls_token: '[CLS]' },
    },
    'tokenizer.json': TOKENIZER,
  };
  for (const [name, content] of Object.entries(files)) write(folder, name, JSON.stringify(content));
  write(folder, options.onnx ?? 'onnx/model.onnx', onnxFile(tableOf(options.seed ?? 1), options));
}

/** Where Hugging Face's tools put a model that they downloaded. */
export function hubPlaceOf(hub: string, model: string, revision = 'abc123'): string {
  const folder = path.join(hub, `models--${model.replaceAll('/', '--')}`);
  write(folder, 'refs/main', revision);
  return path.join(folder, 'snapshots', revision);
}

/**
 * What the model gives each token of a text of known words, computed apart from it: a row per token,
 * those around every text included.
 */
export function tinyTokenVectors(words: readonly string[], seed = 1): number[][] {
  const table = tableOf(seed);
  const rows = ['[CLS]', ...words, '[SEP]'].map((word) => [...table[VOCABULARY.indexOf(word)]!]);
  for (let i = rows.length - 2; i >= 0; i--) {
    rows[i] = rows[i]!.map((x, column) => Math.fround(x + rows[i + 1]![column]!));
  }
  return rows;
}

/** Padding is all zeros, so that it adds nothing. */
function tableOf(seed: number): Float32Array[] {
  const random = seededRandom(seed);
  return VOCABULARY.map((_, row) =>
    Float32Array.from({ length: TINY_DIMENSIONS }, () => (row === 0 ? 0 : random() - 0.5)),
  );
}

function write(folder: string, name: string, content: string | Buffer): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}

const special = (word: string) => ({ SpecialToken: { id: word, type_id: 0 } });
const text = (id: string) => ({ Sequence: { id, type_id: 0 } });

const TOKENIZER = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: SPECIAL.map((content, id) => ({
    ...{ id, content, special: true, single_word: false },
    ...{ lstrip: false, rstrip: false, normalized: false },
  })),
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [special('[CLS]'), text('A'), special('[SEP]')],
    pair: [special('[CLS]'), text('A'), special('[SEP]'), text('B'), special('[SEP]')],
    special_tokens: Object.fromEntries(
      ['[CLS]', '[SEP]'].map((id) => [id, { id, ids: [SPECIAL.indexOf(id)], tokens: [id] }]),
    ),
  },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(VOCABULARY.map((word, id) => [word, id])),
  },
};
