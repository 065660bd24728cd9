import { expect, it } from 'vitest';
import { viewsOf } from './views.ts';

it('has the mirror image after the image, row by row', () => {
  const input = { shape: [1, 2, 1, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  expect(viewsOf(input)).toEqual({ shape: [2, 2, 1, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6, 3, 2, 1, 6, 5, 4) });
});

it('leaves ten crops as they are: their mirror images are among them', () => {
  const crops = { shape: [10, 1, 1, 2], data: new Float32Array(20) };
  expect(viewsOf(crops)).toBe(crops);
});
