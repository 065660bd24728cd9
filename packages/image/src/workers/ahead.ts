/**
 * Does asynchronous work on items, at most `count` at a time, and gives the results in the order of the items. Work that
 * throws ends it.
 */
export async function* ahead<T, R>(
  items: Iterable<T>,
  work: (item: T) => Promise<R>,
  count: number,
): AsyncGenerator<R, void, undefined> {
  const running: Promise<R>[] = [];
  const fill = (iterator: Iterator<T>) => {
    while (running.length < count) {
      const next = iterator.next();
      if (next.done === true) return;
      const result = work(next.value);
      result.catch(() => {}); // reported when its turn comes
      running.push(result);
    }
  };
  const iterator = items[Symbol.iterator]();
  for (fill(iterator); running.length > 0; fill(iterator)) {
    const result = await running[0]!;
    void running.shift();
    fill(iterator);
    yield result;
  }
}
