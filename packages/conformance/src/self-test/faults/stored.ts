import { fromHalf, restoreWeight, type StoredWeight, storeWeight, type Tensor, toHalf } from '@alexnet/core';
import { toFloat16 } from '../float16.ts';
import type { Fault } from './fault.ts';

type Stored<P extends StoredWeight['precision']> = Extract<StoredWeight, { precision: P }>;

/** A mistake with weights of one precision; the others are right. */
const at = <P extends 'f16' | 'q8' | 'q4'>(
  precision: P,
  cause: string,
  name: string,
  caughtBy: string,
  mean: (stored: Stored<P>, given: Tensor) => StoredWeight | Tensor,
): Fault => ({
  id: `linear/${precision}-${cause}`,
  name: `${precision}: ${name}`,
  op: 'linear',
  cause: `linear/${precision}-${cause}`,
  caughtBy: `op/linear/${caughtBy}/${precision}`,
  alteration: {
    stored: (stored, given) => {
      if (stored.precision !== precision) return restoreWeight(stored);
      const meant = mean(stored as Stored<P>, given);
      return 'precision' in meant ? restoreWeight(meant) : meant;
    },
  },
});

const mapped = ({ shape, data }: Tensor, f: (value: number, i: number) => number): Tensor => ({
  shape,
  data: data.map(f),
});
const neighbour = <T extends Float32Array | Uint16Array>(scales: T): T =>
  scales.map((_, i) => scales[(i + 1) % scales.length]!) as T;

/** The half next to a value in the direction of 0. */
const towardZero = (value: number) => {
  const [nearest] = fromHalf(toHalf(Float32Array.of(value)));
  if (Math.abs(nearest!) <= Math.abs(value)) return nearest!;
  return fromHalf(Uint16Array.of(toHalf(Float32Array.of(value))[0]! - 1))[0]!;
};

export const storedFaults: readonly Fault[] = [
  at('f16', 'rounded-toward-zero', 'numbers are rounded toward zero', 'tails/random', (_, given) =>
    mapped(given, towardZero),
  ),
  at('f16', 'not-stored', 'the weights stay f32', 'tails/random', (_, given) => given),
  at('f16', 'read-as-bfloat16', 'halves are read as bfloat16', 'one-sample/random', ({ shape, data }) => ({
    shape,
    data: new Float32Array(Uint32Array.from(data, (bits) => bits << 16).buffer),
  })),

  at('q8', 'scale-of-next-row', 'a row gets the scale of its neighbour', 'batch/bytes', (w) => ({
    ...w,
    scales: neighbour(w.scales),
  })),
  at('q8', 'unsigned', 'bytes are read as unsigned', 'one-sample/random', (w) =>
    mapped(restoreWeight(w), (value, i) =>
      w.data[i]! < 0 ? (w.data[i]! + 256) * w.scales[Math.floor(i / w.shape[1]!)]! : value,
    ),
  ),
  at('q8', 'scale-per-input', 'scales go along the inputs, not the outputs', 'tails/uneven', (w) =>
    mapped(restoreWeight(w), (_, i) => w.data[i]! * w.scales[(i % w.shape[1]!) % w.scales.length]!),
  ),
  at('q8', 'zero-point', 'a zero point of 128 is subtracted', 'batch/random', (w) =>
    mapped(restoreWeight(w), (value, i) => value - 128 * w.scales[Math.floor(i / w.shape[1]!)]!),
  ),
  at('q8', 'not-stored', 'the weights stay f32', 'tails/random', (_, given) => given),
  at('q8', 'truncated', 'numbers are cut off instead of rounded', 'tails/random', (w, given) => ({
    ...w,
    data: w.data.map((_, i) => Math.trunc(given.data[i]! / w.scales[Math.floor(i / w.shape[1]!)]!)),
  })),
  at('q8', 'largest-is-128', 'the largest magnitude is 128', 'batch/bytes', (w) => ({
    ...w,
    scales: w.scales.map((s) => (s * 127) / 128),
  })),
  at('q8', 'one-scale', 'all rows share one scale', 'tails/uneven', (w, { data }) => {
    const scale = w.scales.reduce((a, b) => Math.max(a, b));
    return {
      ...w,
      data: Int8Array.from(data, (value) => Math.round(value / scale)),
      scales: w.scales.map(() => scale),
    };
  }),
  at('q8', 'dequantised-in-half', 'weights are dequantised in half precision', 'tails/uneven', (w) =>
    mapped(restoreWeight(w), toFloat16),
  ),

  at('q4', 'scale-of-next-block', 'a block gets the scale of its neighbour', 'short-block/nibbles', (w) => ({
    ...w,
    scales: neighbour(w.scales),
  })),
  at('q4', 'nibbles-swapped', 'nibbles are swapped', 'tails/nibbles', (w) => ({
    ...w,
    data: w.data.map((byte) => (byte << 4) | (byte >>> 4)),
  })),
  at('q4', 'twos-complement', "nibbles are read as two's complement", 'batch/random', (w) => ({
    ...w,
    data: w.data.map((byte) => byte ^ 0x88),
  })),
  at('q4', 'zero-point-7', 'the zero point is 7', 'tails/random', (w) => {
    const [halves, features] = [fromHalf(w.scales), w.shape[1]!];
    const blocks = Math.ceil(features / 32);
    return mapped(
      restoreWeight(w),
      (value, i) => value + halves[Math.floor(i / features) * blocks + Math.floor((i % features) / 32)]!,
    );
  }),
  at('q4', 'short-block-dropped', 'the last, partial block is dropped', 'block-and-one/random', (w) => {
    const features = w.shape[1]!;
    return mapped(restoreWeight(w), (value, i) => (i % features < features - (features % 32) ? value : 0));
  }),
  at('q4', 'blocks-run-on', 'blocks run on from row to row', 'tails/random', (_, { shape, data }) => ({
    shape,
    data: restoreWeight(storeWeight({ shape: [1, data.length], data }, 'q4')).data,
  })),
  at('q4', 'scale-sign-lost', 'scales lose their sign', 'one-block/random', (w) => ({
    ...w,
    scales: w.scales.map((bits) => bits & 0x7fff),
  })),
  at('q4', 'not-stored', 'the weights stay f32', 'tails/random', (_, given) => given),
];
