import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { Failure } from '../../errors.ts';
import type { ProviderConfig } from '../provider-config.ts';
import { KIND, unusable } from './local-model.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Whose models are named without their owner, as in Python. */
const USUAL_OWNER = 'sentence-transformers';

/** Where Hugging Face's tools keep what they downloaded. Absolute path. */
export function hubFolder(env: Environment): string {
  const named = env['HF_HUB_CACHE'] || env['HUGGINGFACE_HUB_CACHE'];
  if (named) return path.resolve(named);
  const home =
    env['HF_HOME'] ||
    path.join(env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'huggingface');
  return path.resolve(home, 'hub');
}

/** A model's name as spaces have it: the same for a folder, for the hub and for the Python package. */
export function modelNameOf({ model, modelFolder }: ProviderConfig): string {
  const name = model.trim() || path.basename(modelFolder.trim());
  return name.startsWith(`${USUAL_OWNER}/`) ? name.slice(USUAL_OWNER.length + 1) : name;
}

/**
 * The folder of the model that the settings name: of a folder only where they name no model. Looks on
 * this computer alone. Throws Failure `badSettings` or `modelUnusable`.
 */
export async function modelFolderOf(config: ProviderConfig, env: Environment): Promise<string> {
  const model = config.model.trim();
  const folder = config.modelFolder.trim();
  if (model !== '') return snapshotOf(model, hubFolder(env));
  if (folder === '') {
    throw new Failure('badSettings', 'Name a local model, or the folder of one.', {
      provider: KIND,
    });
  }
  if (!path.isAbsolute(folder)) {
    throw new Failure('badSettings', `${folder} must be an absolute path.`, { provider: KIND });
  }
  if (!existsSync(folder)) throw unusable(`There is no folder ${folder}.`);
  return folder;
}

async function snapshotOf(model: string, hub: string): Promise<string> {
  const names = model.includes('/') ? [model] : [`${USUAL_OWNER}/${model}`, model];
  for (const name of names) {
    const folder = await newestSnapshot(path.join(hub, `models--${name.replaceAll('/', '--')}`));
    if (folder !== null) return folder;
  }
  throw unusable(
    `The model ${model} is not on this computer: ${hub} does not have it. Nothing is downloaded by itself; get it with: hf download ${names[0]}`,
  );
}

/** Absolute paths of the models that were downloaded, by name. */
export async function downloadedFolders(env: Environment): Promise<Map<string, string>> {
  const hub = hubFolder(env);
  const found = new Map<string, string>();
  for (const entry of await namesIn(hub)) {
    if (!entry.startsWith('models--')) continue;
    const folder = await newestSnapshot(path.join(hub, entry));
    const model = entry.slice('models--'.length).replace('--', '/');
    if (folder !== null) found.set(model, folder);
  }
  return found;
}

/** The folder of the revision `main` stands for; null where the model was not downloaded. */
async function newestSnapshot(model: string): Promise<string | null> {
  const snapshots = path.join(model, 'snapshots');
  const main = await readFile(path.join(model, 'refs', 'main'), 'utf8').catch(() => '');
  const there = await namesIn(snapshots);
  const revision = there.includes(main.trim()) ? main.trim() : there.toSorted().at(-1);
  return revision === undefined ? null : path.join(snapshots, revision);
}

/** None in a folder that is not there. */
function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((): string[] => []);
}
