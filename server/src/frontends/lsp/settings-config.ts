import envPaths from 'env-paths';
import { z } from 'zod';
import type { ServerSettings } from '../../../protocol/settings.ts';
import {
  configSchema,
  providerConfigSchema,
  rerankerConfigSchema,
  type Config,
} from '../../core/config.ts';

const settingsSchema: z.ZodType<ServerSettings> = z.object({
  directory: z.string(),
  storeText: z.boolean(),
  provider: providerConfigSchema,
  reranker: rerankerConfigSchema,
  allowedOrigins: z.array(z.string()),
  exclude: z.array(z.object({ pattern: z.string(), setting: z.string() })),
  maxFileSizeKb: z.number().int().positive(),
  effort: z.enum(['low', 'normal', 'full']),
  trusted: z.boolean(),
  network: z.object({ proxy: z.string(), noProxy: z.array(z.string()), caFile: z.string() }),
  scanForSecrets: z.boolean(),
  confirmAboveUsd: z.number().nonnegative(),
  monthlyUsd: z.number().nonnegative().nullable(),
});

/** The client's settings, checked. Throws ZodError for anything else. */
export function parseSettings(raw: unknown): ServerSettings {
  return settingsSchema.parse(raw);
}

export function configOf(settings: ServerSettings): Config {
  const { storeText, provider, exclude, maxFileSizeKb, trusted } = settings;
  const { effort, network, scanForSecrets, monthlyUsd } = settings;
  // Nothing leaves the computer from a folder that is not trusted, whatever was asked for.
  const reranker = trusted ? settings.reranker : { kind: 'none' };
  const directory = settings.directory || process.env['EMBEDDINGCACHE_DIR'];
  return configSchema.parse({
    cacheDir: directory || envPaths('embeddingcache', { suffix: '' }).data,
    storeText,
    provider,
    reranker,
    exclude,
    maxFileSizeKb,
    effort,
    git: trusted,
    network,
    scanForSecrets,
    monthlyUsd,
  });
}
