import type { ApiKeyMessage } from '../../../protocol/settings.ts';
import { z } from 'zod';

const messageSchema: z.ZodType<ApiKeyMessage> = z.object({
  type: z.literal('apiKey'),
  provider: z.string(),
  origin: z.string(),
  key: z.string().min(1).nullable(),
});

/** API keys by provider and origin, in memory only. They never travel in JSON-RPC. */
export class ApiKeys {
  readonly #keys = new Map<string, string>();

  /** Takes keys from the parent process's IPC channel; anything else on it is left alone. */
  listen(source: NodeJS.EventEmitter): void {
    source.on('message', (message: unknown) => {
      const parsed = messageSchema.safeParse(message);
      if (!parsed.success) return;
      const { provider, origin, key } = parsed.data;
      if (key === null) this.#keys.delete(nameOf(provider, origin));
      else this.#keys.set(nameOf(provider, origin), key);
    });
  }

  get(provider: string, origin: string): string | null {
    return this.#keys.get(nameOf(provider, origin)) ?? null;
  }
}

function nameOf(provider: string, origin: string): string {
  return `${provider} ${origin}`;
}
