import type { NodeOf } from '@alexnet/core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Compute, LowerContext } from './lower.ts';

/**
 * tfjs rounds the output size down: where the graph rounds up, the image gets as many rows and columns as the last
 * window reaches beyond it, of minus infinity, which no maximum ever takes.
 */
export function maxPooling(node: NodeOf<'maxPool2d'>, { tf, shapes }: LowerContext): Compute {
  const [, height, width] = shapes.get(node.inputs[0])! as [number, number, number];
  const [, rows, columns] = shapes.get(node.name)! as [number, number, number];
  const { top, left } = node.pads;
  const reach = (out: number, axis: 0 | 1) => (out - 1) * node.stride[axis] + node.kernel[axis];
  const bottom = Math.max(0, reach(rows, 0) - height - top);
  const right = Math.max(0, reach(columns, 1) - width - left);
  const pads: [number, number][] = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  const padded = top + left + bottom + right > 0;
  return (values) => {
    const x = values.get(node.inputs[0])! as Tensor4D;
    const from = padded ? tf.pad(x, pads, Number.NEGATIVE_INFINITY) : x;
    return tf.maxPool(from, [...node.kernel], [...node.stride], 'valid');
  };
}
