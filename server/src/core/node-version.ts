/**
 * better-sqlite3 13 kills a Node below 22.14 with SIGSEGV, which nothing can catch, so every entry
 * point asks this before it loads the addon. Null means this Node will do.
 */
export function nodeTooOld(versions: { node: string; napi?: string }): string | null {
  if (Number(versions.napi ?? 0) >= 10) return null;
  return `Embedding Cache needs Node.js 22.14 or newer; this is ${versions.node}.`;
}
