import { z } from 'zod';
import { ELEMENT_TYPES } from './vectors/element.ts';
import { STANDARD_FORM } from './vectors/vector-form.ts';
import type { ProviderConfig } from './providers/provider-config.ts';
import type { RerankerConfig } from './providers/rerank/reranker.ts';
import { RERANKERS } from './providers/rerank/reranker-table.ts';
import { PROVIDERS } from './providers/provider-table.ts';
import { NO_NETWORK_SETTINGS } from './providers/remote/network-settings.ts';

export const providerConfigSchema = z.object({
  kind: z.enum(PROVIDERS.map(({ kind }) => kind)),
  model: z.string().max(300).default(''),
  dimensions: z.number().int().positive().max(65_536).nullable().default(null),
  baseUrl: z.string().default(''),
  deployment: z.string().max(300).default(''),
  apiVersion: z.string().max(100).default(''),
  modelFolder: z.string().default(''),
}) satisfies z.ZodType<ProviderConfig>;

export const rerankerConfigSchema = z.object({
  kind: z.enum(['none', ...RERANKERS.map(({ kind }) => kind)]),
  model: z.string().max(300).default(''),
  baseUrl: z.string().default(''),
}) satisfies z.ZodType<RerankerConfig>;

export const configSchema = z.object({
  /** Absolute path of the cache directory. */
  cacheDir: z.string().min(1),
  /** Keep texts beside vectors; false keeps their hashes only. */
  storeText: z.boolean().default(true),
  provider: providerConfigSchema.prefault({ kind: 'embedded' }),
  /** Who puts the best hits in order; texts of hits are sent there. */
  reranker: rerankerConfigSchema.prefault({ kind: 'none' }),
  /** How vectors are kept; each form of a model's vectors is a space of its own. */
  vectors: z
    .object({ element: z.enum(ELEMENT_TYPES), normalised: z.boolean() })
    .default(STANDARD_FORM),
  /** Further globs to leave out of the index. */
  exclude: z.array(z.object({ pattern: z.string(), setting: z.string() })).default([]),
  /** Whether git may be asked about folders: not about one that is not trusted. */
  git: z.boolean().default(true),
  maxFileSizeKb: z.number().int().positive().default(1024),
  /** How much of the machine indexing may take. */
  effort: z.enum(['low', 'normal', 'full']).default('normal'),
  /** How the network is reached: `Network` says what the fields mean. */
  network: z
    .object({ proxy: z.string(), noProxy: z.array(z.string()), caFile: z.string() })
    .default(NO_NETWORK_SETTINGS),
  /** Texts that look secret are not sent to another computer. */
  scanForSecrets: z.boolean().default(true),
  /** US dollars a calendar month (UTC), over all processes on the cache directory; null: no limit. */
  monthlyUsd: z.number().nonnegative().nullable().default(5),
});

export type Config = z.infer<typeof configSchema>;
export type { ProviderConfig };
