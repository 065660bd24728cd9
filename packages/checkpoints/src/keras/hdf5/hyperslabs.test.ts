import { type Shape, sizeOf } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { hyperslabs, type PieceSize } from './hyperslabs.ts';

/** The row-major indices of a block's elements. */
function indices(shape: Shape, offset: readonly number[], count: readonly number[]): number[] {
  let all = [0];
  for (const [axis, extent] of shape.entries()) {
    all = all.flatMap((base) => Array.from({ length: count[axis]! }, (_, i) => base * extent + offset[axis]! + i));
  }
  return all;
}

const small: PieceSize = { elements: 4, most: 8 };

describe.each<{ why: string; shape: Shape; piece: PieceSize }>([
  { why: 'a single number', shape: [], piece: small },
  { why: 'a row in pieces', shape: [11], piece: small },
  { why: 'rows that fit a piece', shape: [7, 2], piece: small },
  { why: 'rows longer than a piece', shape: [3, 9], piece: small },
  { why: 'three axes', shape: [3, 2, 5], piece: small },
  { why: 'axes of one', shape: [1, 5, 1, 3], piece: small },
  { why: 'chunks of more rows than a piece', shape: [7, 2], piece: { ...small, chunk: [4, 2] } },
  { why: 'chunks that would make pieces too large', shape: [7, 2], piece: { ...small, chunk: [7, 1] } },
  { why: 'one piece', shape: [3, 4], piece: { elements: 100, most: 100 } },
])('the blocks of $why', ({ shape, piece }) => {
  it('have every element of every range once, in order', () => {
    const size = sizeOf(shape);
    for (let from = 0; from <= size; from++) {
      for (let to = from; to <= size; to++) {
        const got = [...hyperslabs(shape, from, to, piece)].flatMap(({ at, offset, count }) => {
          const block = indices(shape, offset, count);
          expect(block[0]).toBe(at);
          expect(block.length).toBeLessThanOrEqual(piece.most);
          return block;
        });
        expect(got).toEqual(Array.from({ length: to - from }, (_, i) => from + i));
      }
    }
  });
});

it('end where chunks do', () => {
  const piece = { elements: 6, most: 100, chunk: [5, 2] };
  const rows = [...hyperslabs([12, 2], 0, 24, piece)].map(({ offset, count }) => [offset[0], count[0]]);
  expect(rows).toEqual([
    [0, 5],
    [5, 5],
    [10, 2],
  ]);
});
