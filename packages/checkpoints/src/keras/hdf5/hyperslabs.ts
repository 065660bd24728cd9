import { type Shape, sizeOf } from '@alexnet/core';

/** A block of an array, as large as one read of it. All its elements follow each other in row-major order. */
export interface Hyperslab {
  /** Index of its first element. */
  readonly at: number;
  /** The place of that element, and the extents, along each axis. */
  readonly offset: readonly number[];
  readonly count: readonly number[];
}

export interface PieceSize {
  /** Elements of a block, about. */
  readonly elements: number;
  /** Blocks end where chunks of this shape do, as long as that makes them no larger than `most` elements. */
  readonly chunk?: Shape | undefined;
  readonly most: number;
}

/** Blocks that have the elements `from` up to, not including, `to`, in this order. */
export function* hyperslabs(shape: Shape, from: number, to: number, piece: PieceSize): Generator<Hyperslab, void> {
  yield* within([], 0, shape, from, to, piece);
}

/** The part of the range in the sub-array at `place`, whose first element is number `base`. */
function* within(
  place: readonly number[],
  base: number,
  shape: Shape,
  from: number,
  to: number,
  piece: PieceSize,
): Generator<Hyperslab, void> {
  if (from === to) return;
  const axis = place.length;
  if (axis === shape.length) {
    yield { at: base, offset: place, count: shape.map(() => 1) };
    return;
  }
  const rest = shape.slice(axis + 1);
  const inner = sizeOf(rest);
  const step = rowsAtOnce(inner, piece, axis);
  for (let done = from; done < to; ) {
    const row = Math.floor((done - base) / inner);
    const start = base + row * inner;
    const end = Math.min(to, start + inner);
    if (done > start || end < start + inner || inner > piece.elements) {
      yield* within([...place, row], start, shape, done, end, piece);
      done = end;
    } else {
      const rows = Math.min(Math.floor((to - start) / inner), step - (row % step));
      yield {
        at: start,
        offset: [...place, row, ...rest.map(() => 0)],
        count: [...place.map(() => 1), rows, ...rest],
      };
      done = start + rows * inner;
    }
  }
}

function rowsAtOnce(inner: number, { elements, chunk, most }: PieceSize, axis: number): number {
  const step = Math.max(1, Math.floor(elements / inner));
  const together = chunk?.[axis] ?? 1;
  const aligned = Math.max(1, Math.floor(step / together)) * together;
  return aligned * inner <= most ? aligned : step;
}
