import type { Parts } from '../parts.ts';

export async function restartServer(parts: Parts): Promise<void> {
  await parts.server.restart();
}
