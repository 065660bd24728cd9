import { AlexNetError, type Tensor } from '@alexnet/core';

/**
 * Features are of any size, and most of each is the same for all images: a head learns from x' = scale (x - mean), whose squared norm is 1
 * on average, so that one learning rate suits every network.
 */
export interface Scaling {
  readonly mean: Float64Array;
  readonly scale: number;
}

/** Of `data` [rows, size]. Errors: `invalid-input` for features that are no finite numbers. */
export function scalingOf(data: Float32Array, size: number): Scaling {
  const rows = data.length / size;
  const mean = new Float64Array(size);
  for (let i = 0; i < data.length; i++) mean[i % size]! += data[i]! / rows;
  let squares = 0;
  for (let i = 0; i < data.length; i++) squares += (data[i]! - mean[i % size]!) ** 2 / rows;
  if (!Number.isFinite(squares)) {
    throw new AlexNetError({
      code: 'invalid-input',
      message: 'What the network makes of these images is not a number, so there is nothing to learn from',
      fix: 'Take other weights.',
    });
  }
  return { mean, scale: squares > 0 ? 1 / Math.sqrt(squares) : 1 };
}

export function scaled(data: Float32Array, { mean, scale }: Scaling): Float32Array {
  return data.map((value, i) => (value - mean[i % mean.length]!) * scale);
}

/** The head that does to features what the given one does to scaled ones: W' x + b' = W scale (x - mean) + b. */
export function unscaled(weight: Tensor, bias: Tensor, { mean, scale }: Scaling): { weight: Tensor; bias: Tensor } {
  const size = mean.length;
  const data = bias.data.map((value, row) => {
    const own = weight.data.subarray(row * size, (row + 1) * size);
    return value - scale * own.reduce((sum, w, i) => sum + w * mean[i]!, 0);
  });
  return {
    weight: { shape: weight.shape, data: weight.data.map((w) => w * scale) },
    bias: { shape: bias.shape, data },
  };
}
