import { fromHalf } from '@alexnet/core';
import type { Mistake } from '../mistake.ts';
import type { Products } from '../products.ts';
import { toHalfPrecision } from '../rounding.ts';
import { q4Mistakes } from './stored-q4.ts';
import { mistake } from './stored-weight.ts';

const ROW_FIX = 'Multiply row o with scales[o]: one scale per output.';

export const storedMistakes: readonly Mistake<Products['node']>[] = [
  mistake(
    'f16',
    'rounded-toward-zero',
    'Weights are cut off to half precision instead of rounded',
    'Round to the nearest half, ties to even.',
    (_, { data }) =>
      (_row, _col, i) => {
        const value = data[i]!;
        const half = toHalfPrecision(value);
        if (Math.abs(half) <= Math.abs(value)) return half;
        const step = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(value))), -14) - 10);
        return Math.sign(value) * Math.floor(Math.abs(value) / step) * step;
      },
  ),
  mistake(
    'f16',
    'read-as-bfloat16',
    'Halves are read as bfloat16',
    'Read 1 bit of sign, 5 of exponent and 10 of mantissa.',
    ({ data }) => {
      const read = new DataView(new ArrayBuffer(4));
      return (_row, _col, i) => {
        read.setUint16(0, data[i]!);
        return read.getFloat32(0);
      };
    },
  ),
  mistake(
    'f16',
    'flushed',
    'Halves below the smallest normal half are taken for 0',
    'Read subnormal halves: mantissa * 2^-24.',
    ({ data }) =>
      (_row, _col, i) =>
        (data[i]! & 0x7c00) === 0 ? 0 : fromHalf(data.subarray(i, i + 1))[0]!,
  ),
  mistake(
    'f16',
    'not-stored',
    'The weights stay in float32 though f16 was asked for',
    'Round the weights to half precision, as the precision says.',
    (_, { data }) =>
      (_row, _col, i) =>
        data[i]!,
  ),

  mistake(
    'q8',
    'scale-of-next-row',
    'A row is multiplied with the scale of its neighbour',
    ROW_FIX,
    ({ data, scales }) =>
      (row, _col, i) =>
        data[i]! * scales[(row + 1) % scales.length]!,
  ),
  mistake(
    'q8',
    'scale-per-input',
    'Scales are taken along the inputs, not the outputs',
    ROW_FIX,
    ({ data, scales }) =>
      (_row, col, i) =>
        data[i]! * scales[col % scales.length]!,
  ),
  mistake(
    'q8',
    'one-scale',
    'All rows share one scale',
    'Store and use one scale per output row.',
    ({ scales }, { data }) => {
      const scale = scales.reduce((a, b) => Math.max(a, b), 0);
      return (_row, _col, i) => Math.round(data[i]! / scale) * scale;
    },
  ),
  mistake(
    'q8',
    'scale-of-first-row',
    'Every row is multiplied with the scale of the first',
    ROW_FIX,
    ({ data, scales }) =>
      (_row, _col, i) =>
        data[i]! * scales[0]!,
  ),
  mistake(
    'q8',
    'unsigned',
    'Bytes are read as unsigned',
    'Read int8, from -127 to 127.',
    ({ data, scales }) =>
      (row, _col, i) =>
        (data[i]! & 255) * scales[row]!,
  ),
  mistake(
    'q8',
    'zero-point',
    'A zero point of 128 is subtracted',
    'The bytes are symmetric: the zero point is 0.',
    ({ data, scales }) =>
      (row, _col, i) =>
        (data[i]! - 128) * scales[row]!,
  ),
  mistake(
    'q8',
    'largest-is-128',
    'The largest magnitude is taken for 128, not 127',
    'scale = max |w| / 127.',
    ({ data, scales }) =>
      (row, _col, i) =>
        (data[i]! * scales[row]! * 127) / 128,
  ),
  mistake(
    'q8',
    'truncated',
    'Numbers are cut off instead of rounded',
    'q = round(w / scale), ties to even.',
    ({ scales }, { data }) =>
      (row, _col, i) =>
        scales[row] === 0 ? 0 : Math.trunc(data[i]! / scales[row]!) * scales[row]!,
  ),
  mistake(
    'q8',
    'dequantised-in-half',
    'Weights are dequantised in half precision',
    'Multiply with the scale in float32.',
    ({ data, scales }) =>
      (row, _col, i) =>
        toHalfPrecision(data[i]! * scales[row]!),
  ),
  mistake(
    'q8',
    'not-stored',
    'The weights stay in float32 though q8 was asked for',
    'Store the weights in 8 bits, as the precision says.',
    (_, { data }) =>
      (_row, _col, i) =>
        data[i]!,
  ),
  ...q4Mistakes,
];
