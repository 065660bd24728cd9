import type { NodeOf } from '@alexnet/core';
import type { Call } from '../altered-backend.ts';
import { fma } from './fma.ts';
import { loosePower, looseQuotient, type Power, power, powerByLogarithm, powerByRoots } from './functions.ts';
import { type LayerKernel, layerKernel } from './layer-kernel.ts';

const { fround } = Math;
type LrnCall = Call<NodeOf<'lrn'>>;

/** The sum of the squares in a window: of `squares`, one per channel of a pixel, from `first` to before `end`. */
type WindowSum = (squares: Float32Array, first: number, end: number) => number;

const addedUp: WindowSum = (squares, first, end) => {
  let sum = 0;
  for (let c = first; c < end; c++) sum = fround(sum + squares[c]!);
  return sum;
};

const fromTheLast: WindowSum = (squares, first, end) => {
  let sum = 0;
  for (let c = end - 1; c >= first; c--) sum = fround(sum + squares[c]!);
  return sum;
};

/** A row of a matrix of ones beside the diagonal times all channels, in eight lanes: a matrix product over channels. */
const banded: WindowSum = (squares, first, end) => {
  const lanes = new Float32Array(8);
  for (let c = 0; c < squares.length; c++) lanes[c % 8]! += c >= first && c < end ? squares[c]! : 0;
  return lanes.reduce((sum, lane) => fround(sum + lane));
};

/** From bias, alpha / size and the sum to what is raised to a power. */
type Divisor = (bias: number, alpha: number, sum: number) => number;
const twoRoundings: Divisor = (bias, alpha, sum) => fround(bias + fround(alpha * sum));
const oneRounding: Divisor = (bias, alpha, sum) => fma(alpha, sum, bias);

interface Ways {
  readonly sum?: WindowSum;
  readonly divisor?: Divisor;
  readonly pow?: Power;
  /** Divide by the power instead of multiplying with the negative power, off to this side. */
  readonly divide?: number;
}

/** Every window on its own. */
const direct = ({ sum = addedUp, divisor = twoRoundings, pow = power, divide }: Ways): LayerKernel =>
  layerKernel('lrn', ({ node, input, batch }: LrnCall) => {
    const [channels, plane, alpha, before] = constants({ node, input });
    const beta = fround(node.beta);
    const y = new Float32Array(batch * channels * plane);
    const squares = new Float32Array(channels);
    for (let pixel = 0; pixel < batch * plane; pixel++) {
      const at = Math.floor(pixel / plane) * channels * plane + (pixel % plane);
      for (let c = 0; c < channels; c++) squares[c] = input.data[at + c * plane]! ** 2;
      for (let c = 0; c < channels; c++) {
        const window = sum(squares, Math.max(0, c - before), Math.min(channels, c - before + node.size));
        const d = divisor(fround(node.bias), alpha, window);
        const x = input.data[at + c * plane]!;
        y[at + c * plane] = divide === undefined ? x * pow(d, -beta) : looseQuotient(x, pow(d, beta), divide);
      }
    }
    return y;
  });

/** One running sum per pixel, which gains a square and loses another: Caffe's and ONNX Runtime's way. */
const sliding = layerKernel('lrn', ({ node, input, batch }: LrnCall) => {
  const [channels, plane, alpha, before] = constants({ node, input });
  const after = node.size - 1 - before;
  const y = new Float32Array(batch * channels * plane);
  for (let pixel = 0; pixel < batch * plane; pixel++) {
    const at = Math.floor(pixel / plane) * channels * plane + (pixel % plane);
    const term = (c: number) => (c < 0 || c >= channels ? 0 : fround(alpha * fround(input.data[at + c * plane]! ** 2)));
    let d = fround(node.bias);
    for (let c = 0; c < after; c++) d = fround(d + term(c));
    for (let c = 0; c < channels; c++) {
      d = fround(fround(d + term(c + after)) - term(c - before - 1));
      y[at + c * plane] = input.data[at + c * plane]! * power(d, -fround(node.beta));
    }
  }
  return y;
});

function constants({ node, input }: Pick<LrnCall, 'node' | 'input'>): readonly [number, number, number, number] {
  const [channels, height, width] = input.shape as [number, number, number];
  return [channels, height * width, fround(fround(node.alpha) / node.size), Math.floor((node.size - 1) / 2)];
}

export const lrnKernels: Readonly<Record<string, LayerKernel>> = {
  'LRN, each window added up': direct({}),
  'LRN, each window from the last channel to the first': direct({ sum: fromTheLast }),
  'LRN, a running sum': sliding,
  'LRN, a banded matrix product': direct({ sum: banded }),
  'LRN, fused multiply-add': direct({ divisor: oneRounding }),
  'LRN, two square roots': direct({ pow: powerByRoots }),
  'LRN, exp of a multiple of log': direct({ pow: powerByLogarithm }),
  'LRN, the loosest power that WGSL allows': direct({ pow: loosePower(-1) }),
  'LRN, the loosest power that WGSL allows, above': direct({ pow: loosePower(1) }),
  'LRN, the loosest power and division that WGSL allows': direct({ pow: loosePower(1), divide: -1 }),
  'LRN, the loosest power and division that WGSL allows, above': direct({ pow: loosePower(-1), divide: 1 }),
};
