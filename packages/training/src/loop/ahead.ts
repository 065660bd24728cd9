/** Asks for the next items while the caller works on one: `count` are under way or wait. Ends the source when the caller ends. */
export async function* ahead<T>(source: AsyncIterable<T>, count: number): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  const waiting: Promise<IteratorResult<T>>[] = [];
  const ask = () => {
    const next = iterator.next();
    next.catch(() => {}); // told when its turn comes
    waiting.push(next);
  };
  try {
    for (let i = 0; i < count; i++) ask();
    for (;;) {
      const next = await waiting.shift()!;
      if (next.done === true) return;
      ask();
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}
