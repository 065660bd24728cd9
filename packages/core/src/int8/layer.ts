import { AlexNetError } from '../error.ts';
import type { NodeOf } from '../graph/graph.ts';
import type { Tensor, Weights } from '../tensor.ts';
import { roundWithin } from '../weights/stored/rounding.ts';

/** The parameters of a convolution or linear layer in whole numbers. */
export interface Int8Layer {
  /** As the weight, from -127 to 127. */
  readonly weight: Int8Array;
  /** [out], float32: a weight is its number times its output's scale. */
  readonly scales: Float32Array;
  /** [out], in units of the input's scale times the output's. Zeros where the layer has no bias. */
  readonly bias: Int32Array;
}

/** Products are below 2^15: so many of them, and a bias that is no larger, fit 32 bits. */
const LARGEST_ROW = 2 ** 15;
const LARGEST_BIAS = 2 ** 30;

/**
 * Quantises the parameters of a layer for an input of a given scale:
 *
 *     scale = max(max |w| / 127, |b| / (inputScale 2^30))    q = round(w / scale)    bias = round(b / (inputScale scale))
 *
 * per output, ties to even. The second term only counts for outputs with next to no weights.
 * Errors: `invalid-weights` for NaN and infinities; `unsupported` for sums that 32 bits might not hold.
 */
export function int8Layer(node: NodeOf<'conv2d' | 'linear'>, weights: Weights, inputScale: number): Int8Layer {
  const { shape, data } = weights.get(node.weight)!;
  const bias = node.bias === undefined ? undefined : weights.get(node.bias)!.data;
  const out = shape[0]!;
  const row = data.length / out;
  if (row > LARGEST_ROW) {
    throw new AlexNetError({
      code: 'unsupported',
      message: `The weight ${node.weight} has ${row} terms for one output; 32 bits hold the sums of ${LARGEST_ROW}`,
      fix: 'Use another precision.',
      where: `node ${node.name}`,
    });
  }
  checkFinite(node.weight, weights);
  if (node.bias !== undefined) checkFinite(node.bias, weights);
  const layer = { weight: new Int8Array(data.length), scales: new Float32Array(out), bias: new Int32Array(out) };
  for (let o = 0; o < out; o++) {
    const [from, to] = [o * row, (o + 1) * row];
    const b = bias?.[o] ?? 0;
    let largest = 0;
    for (let i = from; i < to; i++) largest = Math.max(largest, Math.abs(data[i]!));
    layer.scales[o] = Math.max(largest / 127, Math.abs(b) / (inputScale * LARGEST_BIAS), SMALLEST_SCALE);
    const scale = layer.scales[o]!; // as it is stored
    for (let i = from; i < to; i++) layer.weight[i] = roundWithin(data[i]! / scale, -127, 127);
    layer.bias[o] = roundWithin(b / (inputScale * scale), -LARGEST_BIAS, LARGEST_BIAS);
  }
  return layer;
}

/** So that products with an input's scale, 2^-60 at least, are normal float32 numbers. */
const SMALLEST_SCALE = 2 ** -64;

function checkFinite(name: string, weights: Weights): void {
  const { data } = weights.get(name) as Tensor;
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    throw new AlexNetError({
      code: 'invalid-weights',
      message: `The parameter ${name} holds ${data[i]}, which int8 cannot store`,
      where: `tensor ${name}`,
    });
  }
}
