/*
 * Weight sharing: the values that stay are replaced by the nearest of a few, which minimise the squared error (k-means in one dimension, by
 * Lloyd's iteration). All of it is +, -, *, / and square roots: the same book on every machine.
 */

/** A run of Lloyd's iteration ends sooner; every step makes the error smaller. */
const MAX_STEPS = 1000;
const BINS = 4096;

/** Sorted values with what their sums need, so that a step takes time for the book only. */
interface Sorted {
  readonly values: Float32Array;
  /** Sum of the values before each place. */
  readonly sums: Float64Array;
}

/**
 * At most 2^bits values, rising, none 0 and no two equal, that stand for `values`, which must be finite; they are sorted in place.
 * Begins at equal distances from the smallest to the largest, as in the paper, and at distances by how many values there are; keeps the better.
 */
export function fitCodebook(values: Float32Array, bits: number): Float32Array {
  const size = 2 ** bits;
  const sorted = { values: values.sort(), sums: new Float64Array(values.length + 1) };
  for (let i = 0; i < values.length; i++) sorted.sums[i + 1] = sorted.sums[i]! + values[i]!;
  const few = firstDistinct(values, size);
  if (few !== undefined) return few;
  const [a, b] = [equalDistances(values, size), byFrequency(values, size)].map((start) => iterate(start, sorted));
  return clean(gain(a!, sorted) >= gain(b!, sorted) ? a! : b!);
}

/** For each value the nearest of the book; of two equally near ones the lower. */
export function boundariesOf(book: Float32Array): Float64Array {
  return Float64Array.from({ length: Math.max(0, book.length - 1) }, (_, i) => (book[i]! + book[i + 1]!) / 2);
}

/** How many boundaries lie below a value, which is the place of its nearest in the book. */
export function placeIn(boundaries: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = boundaries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (boundaries[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** All different values, where they are no more than fit. */
function firstDistinct(sorted: Float32Array, size: number): Float32Array | undefined {
  const seen: number[] = [];
  for (let i = 0; i < sorted.length; i++) {
    if (sorted[i] === seen.at(-1)) continue;
    if (seen.length === size) return undefined;
    seen.push(sorted[i]!);
  }
  return clean(Float64Array.from(seen));
}

function equalDistances(sorted: Float32Array, size: number): Float64Array {
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  return Float64Array.from({ length: size }, (_, i) => low + ((high - low) * i) / Math.max(1, size - 1));
}

/** The density of the best book goes with the cube root of that of the values; the square root is near, and exact in every engine. */
function byFrequency(sorted: Float32Array, size: number): Float64Array {
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  const width = (high - low) / BINS;
  const counts = new Float64Array(BINS);
  for (let i = 0; i < sorted.length; i++) counts[Math.min(BINS - 1, Math.floor((sorted[i]! - low) / width))]!++;
  const shares = counts.map(Math.sqrt);
  const total = shares.reduce((sum, share) => sum + share, 0);
  let bin = 0;
  let passed = 0;
  return Float64Array.from({ length: size }, (_, i) => {
    const wanted = ((i + 0.5) / size) * total;
    while (bin < BINS - 1 && passed + shares[bin]! < wanted) passed += shares[bin++]!;
    return low + (bin + Math.min(1, (wanted - passed) / shares[bin]!)) * width;
  });
}

/** Each mean of what is nearest to it, until nothing changes; one to which nothing is nearest stays where it is. */
function iterate(start: Float64Array, sorted: Sorted): Float64Array {
  let book = start;
  let before = '';
  for (let step = 0; step < MAX_STEPS; step++) {
    const ends = endsOf(book, sorted.values);
    const now = ends.join();
    if (now === before) return book;
    before = now;
    book = book.map((centre, i) => meanOf(sorted, ends[i]!, ends[i + 1]!) ?? centre).sort();
  }
  return book;
}

/** Where in the sorted values the share of each of the book begins, and at last where they end. */
function endsOf(book: Float64Array, sorted: Float32Array): number[] {
  const inner = Array.from({ length: book.length - 1 }, (_, i) => upperBound(sorted, (book[i]! + book[i + 1]!) / 2));
  return [0, ...inner, sorted.length];
}

/** How many sorted values are not above a limit. */
function upperBound(sorted: Float32Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function meanOf({ sums }: Sorted, from: number, to: number): number | undefined {
  return to > from ? (sums[to]! - sums[from]!) / (to - from) : undefined;
}

/** By how much a book explains the values: the sum of squares of the means, which the squared error lacks. */
function gain(book: Float64Array, sorted: Sorted): number {
  const ends = endsOf(book, sorted.values);
  return book.reduce(
    (sum, _, i) => sum + (ends[i + 1]! - ends[i]!) * (meanOf(sorted, ends[i]!, ends[i + 1]!) ?? 0) ** 2,
    0,
  );
}

/** As float32, without zeros, which stand for what is pruned, and without what float32 makes equal. */
function clean(book: Float64Array): Float32Array {
  return Float32Array.from(new Set(Float32Array.from(book))).filter((value) => value !== 0);
}
