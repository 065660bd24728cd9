import type { NodeOf, OpName, Tensor } from '@alexnet/core';
import type { Alteration, Call } from '../altered-backend.ts';

/*
 * Correct float32 kernels for the ops whose results depend on more than the order of additions. The suite must pass all of them, always.
 */

const { fround, sqrt } = Math;

interface LayerKernel {
  readonly op: OpName;
  readonly alteration: Alteration;
}

const of = <K extends OpName>(op: K, compute: (call: Call<NodeOf<K>>) => Float32Array): LayerKernel => ({
  op,
  alteration: {
    node: (call): Tensor | undefined =>
      call.node.op === op ? { shape: [call.batch, ...call.output], data: compute(call as Call<NodeOf<K>>) } : undefined,
  },
});

/** x^p in float32, as a library does it. */
const power = (x: number, p: number) => fround(x ** p);

/** The power that a GPU is allowed: exp2(p log2 x), each as wrong as WGSL lets it be, all in one direction. */
const loosePower = (x: number, p: number) => {
  const log = Math.log2(x);
  const logError = x >= 0.5 && x <= 2 ? 2 ** -21 : 3 * 2 ** -23 * Math.abs(log);
  const exponent = fround(p * (log + logError));
  return fround(2 ** exponent * (1 + (3 + 2 * Math.abs(exponent)) * -(2 ** -24)));
};

/** LRN with sums over each window, in float32. */
function directLrn({ node, input, batch }: Call<NodeOf<'lrn'>>, pow: (x: number, p: number) => number): Float32Array {
  const [channels, height, width] = input.shape as [number, number, number];
  const plane = height * width;
  const alpha = fround(fround(node.alpha) / node.size);
  const before = Math.floor((node.size - 1) / 2);
  return Float32Array.from({ length: batch * channels * plane }, (_, i) => {
    const c = Math.floor(i / plane) % channels;
    let sum = 0;
    for (let j = Math.max(0, c - before); j < Math.min(channels, c - before + node.size); j++)
      sum = fround(sum + fround(input.data[i + (j - c) * plane]! ** 2));
    const d = fround(fround(node.bias) + fround(alpha * sum));
    return fround(input.data[i]! * pow(d, -fround(node.beta)));
  });
}

/** LRN with one running sum per pixel, which gains a square and loses another: Caffe's and ONNX Runtime's way. */
function slidingLrn({ node, input, batch }: Call<NodeOf<'lrn'>>): Float32Array {
  const [channels, height, width] = input.shape as [number, number, number];
  const plane = height * width;
  const alpha = fround(fround(node.alpha) / node.size);
  const before = Math.floor((node.size - 1) / 2);
  const after = node.size - 1 - before;
  const y = new Float32Array(batch * channels * plane);
  for (let pixel = 0; pixel < batch * plane; pixel++) {
    const at = Math.floor(pixel / plane) * channels * plane + (pixel % plane);
    const term = (c: number) => (c < 0 || c >= channels ? 0 : fround(alpha * fround(input.data[at + c * plane]! ** 2)));
    let d = fround(node.bias);
    for (let c = 0; c < after; c++) d = fround(d + term(c));
    for (let c = 0; c < channels; c++) {
      d = fround(fround(d + term(c + after)) - term(c - before - 1));
      y[at + c * plane] = fround(input.data[at + c * plane]! * power(d, -fround(node.beta)));
    }
  }
  return y;
}

function softmax({ input, batch }: Call<NodeOf<'softmax'>>, exp: (x: number) => number): Float32Array {
  const classes = input.shape[0]!;
  const y = new Float32Array(batch * classes);
  for (let at = 0; at < y.length; at += classes) {
    const x = Float32Array.from(input.data.subarray(at, at + classes));
    const max = x.reduce((a, b) => Math.max(a, b));
    const e = x.map((value) => exp(fround(value - max)));
    const sum = e.reduce((a, b) => fround(a + b));
    y.set(
      e.map((value) => value / sum),
      at,
    );
  }
  return y;
}

function batchNorm(
  { node, input, batch, weights }: Call<NodeOf<'batchNorm'>>,
  normalize: (x: number, factor: number, mean: number, bias: number) => number,
): Float32Array {
  const [channels, height = 1, width = 1] = input.shape as [number, number?, number?];
  const [scale, bias, mean, variance] = [node.scale, node.bias, node.mean, node.variance].map(
    (name) => weights.get(name)!.data,
  );
  return Float32Array.from({ length: batch * channels * height * width }, (_, i) => {
    const c = Math.floor(i / (height * width)) % channels;
    const factor = fround(scale![c]! / fround(sqrt(fround(variance![c]! + fround(node.epsilon)))));
    return normalize(input.data[i]!, factor, mean![c]!, bias![c]!);
  });
}

export const layerKernels: Readonly<Record<string, LayerKernel>> = {
  'LRN, each window added up': of('lrn', (call) => directLrn(call, power)),
  'LRN, a running sum': of('lrn', slidingLrn),
  'LRN, two square roots': of('lrn', (call) =>
    directLrn(call, (d, p) =>
      p === -0.75 ? fround(1 / fround(fround(sqrt(d)) * fround(sqrt(fround(sqrt(d)))))) : power(d, p),
    ),
  ),
  'LRN, the loosest power that WGSL allows': of('lrn', (call) => directLrn(call, loosePower)),
  'softmax, one accumulator': of('softmax', (call) => softmax(call, (x) => fround(Math.exp(x)))),
  'softmax, the loosest exp that WGSL allows': of('softmax', (call) =>
    softmax(call, (x) => (Math.exp(x) === 0 ? 0 : fround(Math.exp(x) * (1 + (3 + 2 * Math.abs(x)) * 2 ** -23)))),
  ),
  'softmax, subnormal numbers flushed': of('softmax', (call) =>
    softmax(call, (x) => (Math.exp(x) < 2 ** -126 ? 0 : fround(Math.exp(x)))),
  ),
  'batch norm, mean subtracted first': of('batchNorm', (call) =>
    batchNorm(call, (x, factor, mean, bias) => fround(fround(fround(x - mean) * factor) + bias)),
  ),
  'batch norm, folded into one factor and one term': of('batchNorm', (call) =>
    batchNorm(call, (x, factor, mean, bias) => fround(fround(x * factor) + fround(bias - fround(mean * factor)))),
  ),
};
