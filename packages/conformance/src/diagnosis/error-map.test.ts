import { expect, it } from 'vitest';
import { errorMap } from './error-map.ts';

it('a map says which samples, channels and pixels are wrong, and where the wrong elements begin and end', () => {
  // sample 1, channel 2, row 3, column 1 of 2 x 3 x 5 x 4, and one within budget
  const wrong = ((1 * 3 + 2) * 5 + 3) * 4 + 1;
  const map = errorMap((i) => (i === wrong ? 40.04 : i === 0 ? 0.5 : 0), [2, 3, 5, 4])!;
  expect(map).toMatchObject({
    elements: 120,
    wrong: 1,
    first: [1, 2, 3, 1],
    last: [1, 2, 3, 1],
    samples: [1],
    batch: 2,
  });
  const [channels, space] = map.cells;
  expect(channels).toEqual({ of: 'channels', rows: 1, cols: 3, perCell: [1], worst: [0.5, 0, 40] });
  expect(space).toMatchObject({ of: 'space', rows: 5, cols: 4, perCell: [1, 1] });
  expect(space!.worst.indexOf(40)).toBe(3 * 4 + 1);
});

it('a map has at most 32 x 32 cells, each its worst element', () => {
  const map = errorMap((i) => (i === 2999 ? Number.POSITIVE_INFINITY : 2), [1, 3000])!;
  expect(map.cells).toHaveLength(1);
  expect(map.cells[0]).toMatchObject({ of: 'features', rows: 32, cols: 32, perCell: [3] });
  expect(map.cells[0]!.worst.at(-1)).toBe('Infinity');
  expect(map.cells[0]!.worst).toHaveLength(1000);
  expect(errorMap(() => 2, [1, 2, 100, 40])!.cells[1]).toMatchObject({ rows: 25, cols: 20, perCell: [4, 2] });
});

it('there is no map of what is right', () => {
  expect(errorMap(() => 1, [2, 3])).toBeUndefined();
});
