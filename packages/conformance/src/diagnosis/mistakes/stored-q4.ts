import { fromHalf, Q4_BLOCK, restoreWeight, storeWeight } from '@alexnet/core';
import type { Mistake } from '../mistake.ts';
import type { Products } from '../products.ts';
import { mistake, type Stored } from './stored-weight.ts';

/** q of element i, its block and its scale. */
function q4({ data, scales, shape: [, features] }: Stored<'q4'>) {
  const blocks = Math.ceil(features! / Q4_BLOCK);
  const halves = fromHalf(scales);
  const nibble = (row: number, col: number) => {
    const byte = data[(row * blocks + Math.floor(col / Q4_BLOCK)) * (Q4_BLOCK / 2) + ((col % Q4_BLOCK) >> 1)]!;
    return { low: byte & 15, high: byte >> 4 };
  };
  const blockOf = (row: number, col: number) => row * blocks + Math.floor(col / Q4_BLOCK);
  const code = (row: number, col: number) => (col % 2 === 0 ? nibble(row, col).low : nibble(row, col).high);
  return { halves, blocks, blockOf, code, nibble };
}

const BLOCK_FIX = 'Block b of row o is elements 32 b to 32 b + 31 of that row, with scales[o, b].';

export const q4Mistakes: readonly Mistake<Products['node']>[] = [
  mistake('q4', 'scale-of-next-block', 'A block is multiplied with the scale of its neighbour', BLOCK_FIX, (stored) => {
    const { halves, blockOf, code } = q4(stored);
    return (row, col) => (code(row, col) - 8) * halves[(blockOf(row, col) + 1) % halves.length]!;
  }),
  mistake(
    'q4',
    'nibbles-swapped',
    'The nibbles of a byte are swapped',
    'The low four bits hold the even element.',
    (stored) => {
      const { halves, blockOf, nibble } = q4(stored);
      return (row, col) =>
        ((col % 2 === 0 ? nibble(row, col).high : nibble(row, col).low) - 8) * halves[blockOf(row, col)]!;
    },
  ),
  mistake(
    'q4',
    'twos-complement',
    "Nibbles are read as two's complement",
    'A nibble holds q + 8: subtract 8.',
    (stored) => {
      const { halves, blockOf, code } = q4(stored);
      return (row, col) => (code(row, col) < 8 ? code(row, col) : code(row, col) - 16) * halves[blockOf(row, col)]!;
    },
  ),
  ...[0, 7].map((zero) =>
    mistake(
      'q4',
      `zero-point-${zero}`,
      `The zero point is ${zero}, not 8`,
      'A nibble holds q + 8: subtract 8.',
      (stored) => {
        const { halves, blockOf, code } = q4(stored);
        return (row, col) => (code(row, col) - zero) * halves[blockOf(row, col)]!;
      },
    ),
  ),
  mistake(
    'q4',
    'scale-sign-lost',
    'Scales lose their sign',
    'Scales may be negative: keep the sign bit of the half.',
    (stored) => {
      const { halves, blockOf, code } = q4(stored);
      return (row, col) => (code(row, col) - 8) * Math.abs(halves[blockOf(row, col)]!);
    },
  ),
  mistake(
    'q4',
    'one-scale-per-row',
    'Every block of a row is multiplied with the scale of its first',
    BLOCK_FIX,
    (stored) => {
      const { halves, blocks, code } = q4(stored);
      return (row, col) => (code(row, col) - 8) * halves[row * blocks]!;
    },
  ),
  mistake(
    'q4',
    'short-block-dropped',
    'The last, partial block of a row is dropped',
    'blocks = ceil(in / 32): the last block of a row may be short.',
    (stored) => {
      const { halves, blockOf, code } = q4(stored);
      const features = stored.shape[1]!;
      return (row, col) =>
        col < features - (features % Q4_BLOCK) ? (code(row, col) - 8) * halves[blockOf(row, col)]! : 0;
    },
  ),
  mistake('q4', 'blocks-run-on', 'Blocks run on from row to row', BLOCK_FIX, (_, { data }) => {
    const flat = restoreWeight(storeWeight({ shape: [1, data.length], data }, 'q4')).data;
    return (_row, _col, i) => flat[i]!;
  }),
  mistake(
    'q4',
    'not-stored',
    'The weights stay in float32 though q4 was asked for',
    'Store the weights in 4 bits, as the precision says.',
    (_, { data }) =>
      (_row, _col, i) =>
        data[i]!,
  ),
];
