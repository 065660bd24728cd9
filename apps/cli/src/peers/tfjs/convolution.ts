import type { NodeOf } from '@alexnet/core';
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { toHwio } from './layout.ts';
import type { Compute, LowerContext } from './lower.ts';

/** One fused convolution with bias and ReLU per group; tfjs has no groups, so channels are split and the results joined. */
export function convolution(node: NodeOf<'conv2d'>, { tf, weights, hold, relu }: LowerContext): Compute {
  const { shape, data } = weights.get(node.weight)!;
  const [out, into, kh, kw] = shape as [number, number, number, number];
  const each = out / node.groups;
  const bias = node.bias === undefined ? undefined : weights.get(node.bias)!.data;
  const groups = Array.from({ length: node.groups }, (_, g) => {
    const part = data.subarray(g * each * into * kh * kw, (g + 1) * each * into * kh * kw);
    return {
      filter: hold(tf.tensor4d(toHwio(part, [each, into, kh, kw]), [kh, kw, into, each])),
      ...(bias === undefined ? {} : { bias: hold(tf.tensor1d(bias.slice(g * each, (g + 1) * each))) }),
    };
  });
  const { top, bottom, left, right } = node.pads;
  const convolve = (x: Tensor4D, { filter, bias: b }: { readonly filter: Tensor4D; readonly bias?: Tensor1D }) =>
    tf.fused.conv2d({
      x,
      filter,
      strides: [...node.stride],
      pad: [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ],
      ...(b === undefined ? {} : { bias: b }),
      ...(relu ? { activation: 'relu' as const } : {}),
    });
  return (values) => {
    const x = values.get(node.inputs[0])! as Tensor4D;
    if (groups.length === 1) return convolve(x, groups[0]!);
    const parts = tf.split(x, groups.length, 3) as Tensor4D[];
    return tf.concat4d(
      groups.map((group, g) => convolve(parts[g]!, group)),
      3,
    );
  };
}
