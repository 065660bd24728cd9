import { philoxStream } from '../weights/philox.ts';

/** Fisher-Yates with the counter-based generator: the same seed, the same order. */
export function shuffled<T>(items: readonly T[], seed: number, round: number): T[] {
  const order = [...items];
  const words = philoxStream([round, 0, 0, 0], [seed >>> 0, 0x6f726465], order.length);
  for (let i = order.length - 1; i > 0; i--) {
    const j = words[i]! % (i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
