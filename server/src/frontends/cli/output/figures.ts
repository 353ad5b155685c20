const integers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `1,204` */
export function figure(value: number): string {
  return integers.format(value);
}

/** `1 file`, `1,204 files`, `12 misses` */
export function count(value: number, noun: string): string {
  const plural = noun.endsWith('s') ? `${noun}es` : `${noun}s`;
  return `${figure(value)} ${value === 1 ? noun : plural}`;
}

/** `$0.38`; small sums keep two significant digits, because a token costs far less than a cent. */
export function dollars(usd: number): string {
  if (usd === 0 || usd >= 0.1) return `$${usd.toFixed(2)}`;
  return `$${usd.toFixed(Math.min(12, 1 - Math.floor(Math.log10(usd))))}`;
}

/** `412 MB` */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 9.95 && unit > 0 ? value.toFixed(1) : value.toFixed(0)} ${units[unit]!}`;
}
