import { createRequire } from 'node:module';
import path from 'node:path';
import { Failure } from '../../errors.ts';
import { KIND, unusable, type LocalModel } from './local-model.ts';
import { digestOf } from './model-digest.ts';
import type { ModelSetup } from './messages.ts';
import { poolTokens } from './token-pooling.ts';

/** What is used of the package `@huggingface/transformers`. */
interface Runtime {
  readonly env: {
    allowRemoteModels: boolean;
    allowLocalModels: boolean;
    useFSCache: boolean;
    localModelPath: string;
    fetch: () => Promise<never>;
  };
  readonly AutoTokenizer: { from_pretrained(name: string): Promise<Tokenizer> };
  readonly AutoModel: { from_pretrained(name: string, options: object): Promise<Model> };
}

interface Tensor {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number | bigint>;
  to(type: 'float32'): { readonly data: Float32Array };
}

interface Inputs {
  readonly attention_mask: Tensor;
}

type Model = (inputs: Inputs) => Promise<Readonly<Record<string, Tensor | undefined>>>;

interface Tokenizer {
  (texts: readonly string[], options: { padding: boolean; truncation: boolean }): Inputs;
  /** With the tokens that every text has around it. */
  encode(text: string): readonly number[];
  /** What fills up shorter texts; some have nothing for that. */
  readonly pad_token_id?: number;
}

/** A model in this process's memory. */
export class LoadedModel {
  readonly #facts: LocalModel;
  readonly #tokenizer: Tokenizer;
  readonly #model: Model;

  private constructor(facts: LocalModel, tokenizer: Tokenizer, model: Model) {
    this.#facts = facts;
    this.#tokenizer = tokenizer;
    this.#model = model;
  }

  /** Reads files only, and asks no server. Throws Failure `notInstalled` or `modelUnusable`. */
  static async load({ runtime, model, digest, threads }: ModelSetup): Promise<LoadedModel> {
    const { env, AutoTokenizer, AutoModel } = runtimeIn(runtime);
    env.allowRemoteModels = false;
    env.allowLocalModels = true;
    env.useFSCache = false;
    env.fetch = () => Promise.reject(new Error('nothing is downloaded'));
    env.localModelPath = `${path.dirname(model.folder)}/`;
    const name = path.basename(model.folder);
    const [graph] = model.weights;
    try {
      const tokenizer = await AutoTokenizer.from_pretrained(name);
      const loaded = await AutoModel.from_pretrained(name, {
        subfolder: path.posix.dirname(graph).replace(/^\.$/, ''),
        model_file_name: path.posix.basename(graph, '.onnx'),
        // The file was chosen by its whole name; another precision would be added to it.
        dtype: 'fp32',
        device: 'cpu',
        session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 },
      });
      if ((await digestOf(model)) !== digest) {
        throw unusable(`The files in ${model.folder} have changed. Start again to use them.`);
      }
      return new LoadedModel(model, tokenizer, loaded);
    } catch (error) {
      throw failedBy(error, `The model in ${model.folder} cannot be loaded: it is damaged, or`);
    }
  }

  tokensOf(text: string): number {
    return this.#tokenizer.encode(text).length;
  }

  /** One vector per text, of the model's own length. */
  async run(texts: readonly string[]): Promise<Float32Array[]> {
    if (this.#tokenizer.pad_token_id !== undefined) return this.#runTogether(texts);
    const vectors: Float32Array[] = [];
    for (const text of texts) vectors.push(...(await this.#runTogether([text])));
    return vectors;
  }

  async #runTogether(texts: readonly string[]): Promise<Float32Array[]> {
    const { folder, poolings, wantsWhole, dimensions } = this.#facts;
    try {
      const inputs = this.#tokenizer(texts, { padding: true, truncation: false });
      const output = await this.#model(inputs);
      const whole = output['sentence_embedding'];
      if (whole) return rowsOf(whole, texts.length);
      const tokens = output['last_hidden_state'] ?? output['token_embeddings'];
      if (wantsWhole || !tokens) {
        throw unusable(`The ONNX file in ${folder} gives no vectors of whole texts.`);
      }
      const mask = inputs.attention_mask;
      const length = mask.dims[1]!;
      const width = tokens.dims[2]!;
      if (width * poolings.length !== dimensions) {
        throw unusable(`The ONNX file in ${folder} is of another model than its config.json.`);
      }
      return rowsOf(tokens, texts.length).map((numbers, i) => {
        const isToken = Array.from({ length }, (_, k) => Number(mask.data[i * length + k]) === 1);
        return poolTokens({ numbers, width, isToken }, poolings);
      });
    } catch (error) {
      throw failedBy(error, `The model in ${folder} failed:`);
    }
  }
}

function runtimeIn(folder: string): Runtime {
  try {
    return createRequire(path.join(folder, 'package.json'))(folder) as Runtime;
  } catch (cause) {
    throw new Failure(
      'notInstalled',
      `${folder} cannot be loaded: ${firstLineOf(cause)}. Install it again.`,
      { provider: KIND, cause },
    );
  }
}

function rowsOf(tensor: Tensor, count: number): Float32Array[] {
  const { data } = tensor.to('float32');
  const size = data.length / count;
  return Array.from({ length: count }, (_, i) => data.slice(i * size, (i + 1) * size));
}

function failedBy(error: unknown, what: string): Failure {
  if (error instanceof Failure) return error;
  const reason = firstLineOf(error);
  if (/bad.?alloc|out of memory|allocat|RangeError: Array buffer/i.test(reason)) {
    return unusable('The model needs more memory than there is. Choose a smaller one.', error);
  }
  return unusable(`${what} ${reason}`, error);
}

function firstLineOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
}
