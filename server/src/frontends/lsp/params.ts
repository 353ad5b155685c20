import path from 'node:path';
import { z } from 'zod';
import type { Method, ParamsOf } from '../../../protocol/methods.ts';

const filters = {
  path: z.string().max(1000).exactOptional(),
  language: z.string().exactOptional(),
  tests: z.boolean().exactOptional(),
  changedSince: z.string().min(1).max(300).exactOptional(),
  folders: z.array(z.string()).exactOptional(),
};
const limit = z.number().int().min(1).max(200);

const progressToken = z.union([z.string(), z.number()]).exactOptional();
const spaceIds = z.array(z.string()).exactOptional();
const count = z.number().int().nonnegative().exactOptional();
const absolutePath = z.string().refine((file) => path.isAbsolute(file), 'must be absolute');

const maintain = z.discriminatedUnion('action', [
  z.object({ action: z.literal('verify'), progressToken, repair: z.boolean() }),
  z.object({
    action: z.literal('collectGarbage'),
    progressToken,
    dryRun: z.boolean(),
    olderThanDays: count,
    maxBytes: count,
    everything: z.boolean().exactOptional(),
    spaceIds,
  }),
  z.object({ action: z.literal('deleteAll'), progressToken }),
  z.object({
    action: z.literal('export'),
    progressToken,
    file: absolutePath,
    withText: z.boolean(),
    spaceIds,
  }),
  z.object({
    action: z.literal('import'),
    progressToken,
    from: absolutePath,
    model: z.object({ provider: z.string(), model: z.string().min(1) }).exactOptional(),
  }),
  z.object({ action: z.literal('backUp'), progressToken, to: absolutePath }),
]);

const nothing = z.null().or(z.undefined().transform(() => null));

/** What a request's params must look like; anything else is answered with an error. */
export const paramsSchemas: { [M in Method]: z.ZodType<ParamsOf<M>> } = {
  'embeddingCache/embed': z.object({
    texts: z.array(z.string()).max(10_000),
    includeVectors: z.boolean().exactOptional(),
    uri: z.string().exactOptional(),
  }),
  'embeddingCache/index': z.object({
    folders: z.array(z.string()),
    progressToken: z.union([z.string(), z.number()]).exactOptional(),
    paused: z.boolean().exactOptional(),
  }),
  'embeddingCache/preview': z.object({
    folders: z.array(z.string()),
    progressToken: z.union([z.string(), z.number()]).exactOptional(),
  }),
  'embeddingCache/models': z.object({ ollamaBaseUrl: z.string().nullable() }),
  'embeddingCache/sent': z.object({ limit: z.number().int().min(1).max(10_000) }),
  'embeddingCache/search': z.object({
    query: z.string().max(100_000),
    limit,
    mode: z.enum(['hybrid', 'semantic', 'text']).exactOptional(),
    ...filters,
  }),
  'embeddingCache/similar': z.object({
    text: z.string().max(1_000_000),
    limit,
    except: z.object({ uri: z.url(), startLine: z.number(), endLine: z.number() }).exactOptional(),
  }),
  'embeddingCache/duplicates': z.object({
    likeness: z.enum(['exact', 'near', 'similar']),
    limit: z.number().int().min(1).max(1000),
    progressToken: z.union([z.string(), z.number()]).exactOptional(),
  }),
  'embeddingCache/pause': z.object({ paused: z.boolean() }),
  'embeddingCache/deleteIndex': nothing,
  'embeddingCache/explain': z.object({ uri: z.string() }),
  'embeddingCache/skipped': nothing,
  'embeddingCache/maintain': maintain,
  'embeddingCache/installRuntime': nothing,
  'embeddingCache/stats': nothing,
};
