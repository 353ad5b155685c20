/** Compares dotted version numbers. */
export function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number));
  for (const [i, wanted] of b!.entries()) {
    const has = a![i] ?? 0;
    if (has !== wanted) return has < wanted;
  }
  return false;
}
