import { Q4_BLOCK, type Shape, sizeOf } from '@alexnet/core';
import type { Role } from './data.ts';
import { uniform } from './uniform.ts';

/*
 * Weights [out, in] that a precision holds without loss, so that every order of float32 additions gives the same sum, and any wrong
 * number, scale or nibble shows. Inputs and biases are small whole numbers.
 */

type Fill = (role: Role, shape: Shape, salt: string) => Float32Array;

/** Whole numbers up to `limit`, either sign. */
const whole = (shape: Shape, salt: string, limit: number) => uniform(shape, salt, -limit, limit).map(Math.round);

const exactly =
  (weight: (shape: Shape, salt: string) => Float32Array): Fill =>
  (role, shape, salt) =>
    role === 'weight' ? weight(shape, salt) : whole(shape, salt, 3);

const sign = (n: number) => (n % 2 === 0 ? 1 : -1);

/** Rows of whole numbers with 127 or -127 among them, times a power of two, another for the next row; every fourth row is zeros. */
export const bytes = exactly((shape, salt) => {
  const [, features] = shape as [number, number];
  return whole(shape, salt, 127).map((value, i) => {
    const row = Math.floor(i / features);
    if (row % 4 === 3) return 0;
    return (i % features === 0 ? sign(row) * 127 : value) * 2 ** -(row % 5);
  });
});

/** Blocks of whole numbers from -8 to 7 with one -8, times a power of two of either sign, another for the next; some blocks are zeros. */
export const nibbles = exactly((shape, salt) => {
  const [, features] = shape as [number, number];
  return whole(shape, salt, 7).map((value, i) => {
    const { row, block, first, length } = blockOf(i, features);
    if ((row + block) % 5 === 3) return 0;
    const least = i === first + ((7 * row + 3 * block) % length);
    return (least ? -8 : value) * sign(row + block) * 2 ** -((row + 2 * block) % 4);
  });
});

/** Random, and larger in some rows and blocks than in their neighbours: a scale of the wrong place shows, and so does one that is rounded wrongly. */
export const uneven: Fill = (role, shape, salt) => {
  const data = uniform(shape, salt);
  if (role !== 'weight') return data;
  const features = sizeOf(shape.slice(1));
  return data.map((value, i) => {
    const { row, block } = blockOf(i, features);
    return value * (1 + ((5 * row + 3 * block) % 7));
  });
};

function blockOf(i: number, features: number) {
  const row = Math.floor(i / features);
  const block = Math.floor((i % features) / Q4_BLOCK);
  const first = row * features + block * Q4_BLOCK;
  return { row, block, first, length: Math.min(Q4_BLOCK, (row + 1) * features - first) };
}
