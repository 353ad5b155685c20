import { z } from 'zod';
import { ELEMENT_TYPES } from './vectors/element.ts';
import { STANDARD_FORM } from './vectors/vector-form.ts';

const remoteProviderSchema = z.object({
  kind: z.enum(['openai', 'openaiCompatible']),
  /** Empty: the provider's default model. */
  model: z.string().max(300).default(''),
  /** Null: the model's own. */
  dimensions: z.number().int().positive().max(65_536).nullable().default(null),
  /** Empty: the provider's own address. */
  baseUrl: z.string().default(''),
});

export const providerConfigSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('embedded') }),
  remoteProviderSchema,
]);

export const configSchema = z.object({
  /** Absolute path of the cache directory. */
  cacheDir: z.string().min(1),
  /** Keep texts beside vectors; false keeps their hashes only. */
  storeText: z.boolean().default(true),
  provider: providerConfigSchema.default({ kind: 'embedded' }),
  /** How vectors are kept; each form of a model's vectors is a space of its own. */
  vectors: z
    .object({ element: z.enum(ELEMENT_TYPES), normalised: z.boolean() })
    .default(STANDARD_FORM),
  /** Further globs to leave out of the index. */
  exclude: z.array(z.object({ pattern: z.string(), setting: z.string() })).default([]),
  /** Whether git may be asked about folders: not about one that is not trusted. */
  git: z.boolean().default(true),
  maxFileSizeKb: z.number().int().positive().default(1024),
});

export type ProviderConfig = z.infer<typeof providerConfigSchema>;
export type RemoteProviderConfig = z.infer<typeof remoteProviderSchema>;
export type Config = z.infer<typeof configSchema>;
