import type { Parts } from '../parts.ts';

export function showLog(parts: Parts): void {
  parts.log.show();
}
