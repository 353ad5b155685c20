import type { Parts } from '../parts.ts';

export async function showStatistics(parts: Parts): Promise<void> {
  await parts.use.markUsed();
  await parts.statistics.show();
}
