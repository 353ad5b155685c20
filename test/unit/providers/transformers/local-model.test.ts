import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readLocalModel } from '../../../../server/src/core/providers/transformers/local-model.ts';
import { digestOf } from '../../../../server/src/core/providers/transformers/model-digest.ts';
import { tempDirectory } from '../../../support/temp-directory.ts';
import { TINY_DIMENSIONS, writeTinyModel } from '../../../support/tiny-model/tiny-model.ts';

let folder: string;
beforeEach(() => {
  folder = tempDirectory();
});

const put = (name: string, content: unknown): void => {
  writeFileSync(path.join(folder, name), JSON.stringify(content));
};
const digest = async (): Promise<string> => digestOf(await readLocalModel(folder));

describe('readLocalModel', () => {
  it('reads what sentence-transformers says of a model', async () => {
    writeTinyModel(folder, {
      poolings: ['cls_token', 'mean_tokens'],
      prompts: { query: 'search: ', passage: 'text: ' },
    });
    expect(await readLocalModel(folder)).toEqual({
      folder,
      weights: ['onnx/model.onnx'],
      poolings: ['cls', 'mean'],
      wantsWhole: false,
      normalises: true,
      dimensions: 2 * TINY_DIMENSIONS,
      maxTokens: 64,
      prompts: { document: 'text: ', query: 'search: ' },
    });
  });

  it('takes the mean of the tokens of a model that does not say', async () => {
    writeTinyModel(folder);
    for (const name of ['modules.json', '1_Pooling', 'sentence_bert_config.json']) {
      rmSync(path.join(folder, name), { recursive: true });
    }
    expect(await readLocalModel(folder)).toMatchObject({
      poolings: ['mean'],
      normalises: false,
      dimensions: TINY_DIMENSIONS,
      maxTokens: 512,
      prompts: null,
    });
  });

  it('prefers full precision, and takes what is there', async () => {
    writeTinyModel(folder, { onnx: 'onnx/model_quantized.onnx' });
    expect((await readLocalModel(folder)).weights).toEqual(['onnx/model_quantized.onnx']);
    writeTinyModel(folder, { onnx: 'model.onnx' });
    writeFileSync(path.join(folder, 'model.onnx_data'), 'numbers');
    expect((await readLocalModel(folder)).weights).toEqual(['model.onnx', 'model.onnx_data']);
  });

  it('leaves the two places that RoBERTa’s kind has no token in', async () => {
    writeTinyModel(folder, { maxTokens: 4000 });
    put('config.json', { model_type: 'mpnet', hidden_size: 8, max_position_embeddings: 302 });
    expect((await readLocalModel(folder)).maxTokens).toBe(300);
  });

  it('says what a folder lacks', async () => {
    const says = (message: string) =>
      expect(readLocalModel(folder)).rejects.toMatchObject({
        kind: 'modelUnusable',
        message: expect.stringContaining(message) as string,
      });
    await says('no config.json');
    put('config.json', {});
    await says('no tokenizer.json');
    put('tokenizer.json', {});
    await says('does not say how long its vectors are');
    put('config.json', { hidden_size: 8 });
    await says('no ONNX file');
    writeFileSync(path.join(folder, 'modules.json'), '[{"type":');
    await says('modules.json cannot be read, or is damaged');
  });

  it('refuses a pooling it does not know, instead of another', async () => {
    writeTinyModel(folder, { poolings: ['weightedmean_tokens'] });
    await expect(readLocalModel(folder)).rejects.toThrow(/pooling that is not known/);
  });
});

describe('digestOf', () => {
  it('is the same in every folder, and another for other weights, tokens or pooling', async () => {
    writeTinyModel(folder);
    const first = await digest();
    folder = tempDirectory();
    writeTinyModel(folder);
    expect(await digest()).toBe(first);
    const others = new Set([first]);
    writeTinyModel(folder, { seed: 2 });
    others.add(await digest());
    writeTinyModel(folder, { poolings: ['cls_token'] });
    others.add(await digest());
    writeTinyModel(folder);
    put('tokenizer.json', { model: 'other' });
    others.add(await digest());
    writeTinyModel(folder);
    writeFileSync(path.join(folder, 'onnx/model.onnx_data'), 'numbers');
    others.add(await digest());
    expect(others.size).toBe(5);
  });
});
