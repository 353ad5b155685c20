/** Numbers as people read them. `locale` is a BCP 47 tag such as `en` or `pt-BR`. */

export function count(value: number, locale: string): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(value);
}

/** `950`, `1.2k`, `84k`, `3.1M`. */
export function shortCount(value: number, locale: string): string {
  if (value < 1000) return count(value, locale);
  const [divisor, unit] = value < 999_500 ? [1000, 'k'] : [1_000_000, 'M'];
  const scaled = value / divisor;
  const format = new Intl.NumberFormat(locale, { maximumFractionDigits: scaled < 10 ? 1 : 0 });
  return format.format(scaled) + unit;
}

/** Whole percent, rounded down: 100% only when nothing was missed. */
export function percent(part: number, whole: number, locale: string): string {
  const share = whole === 0 ? 0 : Math.floor((part / whole) * 100) / 100;
  return new Intl.NumberFormat(locale, { style: 'percent' }).format(share);
}

/** `$0.12`; four digits below a cent, so that little money is not shown as none. */
export function usd(value: number, locale: string): string {
  // A token costs far less than a cent: two figures that count.
  const small = value > 0 && value < 0.01;
  const most = Math.min(8, Math.max(4, 1 - Math.floor(Math.log10(value))));
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: small ? 4 : 2,
    maximumFractionDigits: small ? most : 2,
  }).format(value);
}

/** `412 MB`, with decimal units as file managers show them. */
export function bytes(value: number, locale: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  const step = value < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** step;
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: units[step] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: step > 0 && scaled < 10 ? 1 : 0,
  }).format(scaled);
}

/** `0.4 ms`, `12 ms`. */
export function milliseconds(value: number, locale: string): string {
  const digits = value < 10 ? 1 : 0;
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value)} ms`;
}

/** `40 s`, `3 min`, `2 h`. */
export function duration(seconds: number, locale: string): string {
  if (seconds < 60) return `${count(seconds, locale)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${count(minutes, locale)} min`;
  return `${count(minutes / 60, locale)} h`;
}
