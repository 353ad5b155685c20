import type { StoredValue } from '../cache/salvage/record.ts';

/** Values of damaged rows, if they may be what they should be: no checksum tells. */

/** Null for what is no UTF-8, or too long. */
export function textIn(value: StoredValue | undefined, longestBytes = 4096): string | null {
  if (!Buffer.isBuffer(value) || value.length > longestBytes) return null;
  const text = value.toString();
  return text.includes('\ufffd') ? null : text;
}

/** Null for what is no number from 0 to so much. */
export function amountIn(value: StoredValue | undefined, most = 1e15): number | null {
  return typeof value === 'number' && value >= 0 && value <= most ? value : null;
}
