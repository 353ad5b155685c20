import { failureOf } from '../../errors.ts';
import { providerConfigOf } from '../provider-config.ts';
import { KIND, readLocalModel } from './local-model.ts';
import { downloadedFolders, modelNameOf, type Environment } from './model-place.ts';

/** A model on this computer that can be used. */
export interface DownloadedModel {
  readonly provider: string;
  readonly model: string;
  readonly dimensions: number;
}

/** Models with an ONNX file that Hugging Face's tools downloaded. Loads none. */
export async function downloadedModels(env: Environment): Promise<DownloadedModel[]> {
  const found: DownloadedModel[] = [];
  for (const [name, folder] of await downloadedFolders(env)) {
    try {
      const { dimensions } = await readLocalModel(folder);
      const model = modelNameOf(providerConfigOf(KIND, { model: name }));
      found.push({ provider: KIND, model, dimensions });
    } catch (error) {
      // The cache holds models of all kinds: what is no such model is not offered.
      if (failureOf(error).kind !== 'modelUnusable') throw error;
    }
  }
  return found;
}
