/**
 * Results in the order of the items, with up to `ahead` of them under way before they are asked
 * for. Who stops asking leaves what is under way to end unheard.
 */
export async function* readAhead<T, R>(
  items: Iterable<T>,
  ahead: number,
  read: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const underWay: Promise<R>[] = [];
  const iterator = items[Symbol.iterator]();
  for (;;) {
    while (underWay.length < ahead) {
      const next = iterator.next();
      if (next.done === true) break;
      const result = read(next.value);
      // Heard of when its turn comes; never an unhandled rejection before.
      result.catch(() => undefined);
      underWay.push(result);
    }
    const first = underWay.shift();
    if (!first) return;
    yield await first;
  }
}
