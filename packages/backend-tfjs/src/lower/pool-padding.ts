import type { NodeOf, Pads, Shape } from '@alexnet/core';

type Pooling = Pick<NodeOf<'maxPool2d'>, 'kernel' | 'stride' | 'pads'>;

/** What the windows of a pooling reach beyond its image, and how TensorFlow is told. */
export interface PoolPadding {
  /**
   * `valid`: nothing, though strides may leave over what is in no window; `same`: what TensorFlow's SAME adds;
   * `explicit`: anything else, which must be added before the pooling.
   */
  readonly kind: 'valid' | 'same' | 'explicit';
  /** At the end it may be more or less than what was asked for. */
  readonly pads: Pads;
}

export function poolPadding(
  { kernel, stride, pads }: Pooling,
  [, height = 1, width = 1]: Shape,
  [, rows = 1, columns = 1]: Shape,
): PoolPadding {
  const down = along({ extent: height, before: pads.top, out: rows, kernel: kernel[0], stride: stride[0] });
  const across = along({ extent: width, before: pads.left, out: columns, kernel: kernel[1], stride: stride[1] });
  const kinds = [down, across];
  return {
    kind: kinds.every(({ valid }) => valid) ? 'valid' : kinds.every(({ same }) => same) ? 'same' : 'explicit',
    pads: { top: pads.top, left: pads.left, bottom: down.after, right: across.after },
  };
}

function along(axis: { extent: number; before: number; out: number; kernel: number; stride: number }) {
  const { extent, before, out, kernel, stride } = axis;
  const after = Math.max(0, (out - 1) * stride + kernel - extent - before);
  // SAME: ceil(extent / stride) windows, and half of what they reach too far, rounded down, before the image
  const total = Math.max(0, (Math.ceil(extent / stride) - 1) * stride + kernel - extent);
  return {
    after,
    valid: before === 0 && after === 0,
    same: out === Math.ceil(extent / stride) && before === Math.floor(total / 2),
  };
}
