import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { createProvider } from '../../server/src/core/providers/create-provider.ts';
import {
  providerConfigOf,
  type ProviderConfig,
} from '../../server/src/core/providers/provider-config.ts';
import type { ProviderDeps } from '../../server/src/core/providers/provider-deps.ts';
import type { ProviderPair } from '../../server/src/core/providers/provider.ts';
import { findRuntime } from '../../server/src/core/providers/transformers/runtime.ts';
import { MODEL_PROCESS, providerDeps } from './provider-deps.ts';

/** Where `tools/local-models.mjs` installs what runs local models. */
export const RUNTIME_PLACE = path.resolve(import.meta.dirname, '../../out/local-models');

/** Null where local models can be run, else why the tests that need it are skipped. */
export const whyNoRuntime =
  findRuntime(RUNTIME_PLACE, MODEL_PROCESS) === null
    ? '@huggingface/transformers is not installed: node tools/local-models.mjs'
    : null;

const { signal } = new AbortController();

/** Opens the model of a folder, or of what the environment names. */
export function openLocal(
  set: Partial<ProviderConfig>,
  { env = {}, ...changes }: { env?: Record<string, string> } & Partial<ProviderDeps> = {},
): Promise<ProviderPair> {
  const localModels = { processFile: MODEL_PROCESS, cacheDir: RUNTIME_PLACE, env };
  const deps = providerDeps({ localModels, ...changes });
  return createProvider(providerConfigOf('transformers', set), deps, signal);
}

/** A cache directory finds the runtime as if it had been installed for it. */
export function linkRuntime(cacheDir: string): void {
  mkdirSync(cacheDir, { recursive: true, mode: 0o700 });
  symlinkSync(path.join(RUNTIME_PLACE, 'transformers'), path.join(cacheDir, 'transformers'));
}
