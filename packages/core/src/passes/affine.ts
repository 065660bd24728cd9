import type { NodeOf } from '../graph/graph.ts';
import type { Tensor, Weights } from '../tensor.ts';

/** A convolution or linear layer: `[out, ...]` weights, and biases `[out]` or none. */
export type LinearOp = NodeOf<'conv2d'> | NodeOf<'linear'>;

/** x * scale[c] + shift[c] per channel, in float64. */
export interface Affine {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

/** Weight and bias of a linear op after an affine map was folded into it. */
export interface FoldedParameters {
  readonly weight: Tensor;
  readonly bias: Tensor;
}

/** Batch norm as an affine map: scale = gamma / sqrt(variance + epsilon), shift = beta - mean * scale. */
export function affineOf(weights: Weights, norm: NodeOf<'batchNorm'>): Affine {
  const [gamma, beta, mean, variance] = [norm.scale, norm.bias, norm.mean, norm.variance].map(
    (name) => weights.get(name)!.data,
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const scale = Float64Array.from(gamma, (g, c) => g / Math.sqrt(variance[c]! + norm.epsilon));
  return { scale, shift: scale.map((s, c) => beta[c]! - mean[c]! * s) };
}

/** An affine map after a linear op, s * (W x + b) + t: each weight row times its s, the bias b * s + t. */
export function foldAfter(weights: Weights, op: LinearOp, { scale, shift }: Affine): FoldedParameters {
  const { shape, data } = weights.get(op.weight)!;
  const bias = biasOf(weights, op, scale.length);
  const perRow = data.length / scale.length;
  const folded = new Float32Array(data.length);
  scale.forEach((s, o) => {
    for (let i = o * perRow; i < (o + 1) * perRow; i++) folded[i] = data[i]! * s;
  });
  return {
    weight: { shape, data: folded },
    bias: { shape: [bias.length], data: Float32Array.from(bias, (b, o) => b * scale[o]! + shift[o]!) },
  };
}

/**
 * An affine map before a linear op, W (s x + t) + b: each weight column times the s of its channel, the bias b + W t.
 * `perChannel` columns in a row belong to one channel: kh * kw of a convolution, H * W of a linear layer behind a flatten.
 */
export function foldBefore(
  weights: Weights,
  op: LinearOp,
  { scale, shift }: Affine,
  perChannel: number,
): FoldedParameters {
  const { shape, data } = weights.get(op.weight)!;
  const rows = shape[0]!;
  const columns = data.length / rows;
  const groups = op.op === 'conv2d' ? op.groups : 1;
  const channels = columns / perChannel;
  const bias = biasOf(weights, op, rows);
  const folded = new Float32Array(data.length);
  for (let o = 0; o < rows; o++) {
    const firstChannel = Math.floor((o * groups) / rows) * channels;
    for (let i = 0; i < columns; i++) {
      const c = firstChannel + Math.floor(i / perChannel);
      const w = data[o * columns + i]!;
      folded[o * columns + i] = w * scale[c]!;
      bias[o]! += w * shift[c]!;
    }
  }
  return { weight: { shape, data: folded }, bias: { shape: [rows], data: Float32Array.from(bias) } };
}

/** A fresh float64 copy; zeros where the op has no bias. */
function biasOf(weights: Weights, op: LinearOp, length: number): Float64Array {
  return op.bias === undefined ? new Float64Array(length) : Float64Array.from(weights.get(op.bias)!.data);
}
