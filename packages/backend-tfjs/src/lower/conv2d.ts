import type { NodeOf, Pads } from '@alexnet/core';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { type Compute, type LowerContext, parameter } from './context.ts';
import { toHwio } from './layout.ts';
import { biasAdd, conv2d as tensorflowConv2d, relu as tensorflowRelu } from './tensorflow.ts';

type Conv2d = NodeOf<'conv2d'>;

/** `context.form.convolution` says how. */
export function conv2d(node: Conv2d, context: LowerContext): Compute {
  return context.form.convolution === 'tensorflow' ? grouped(node, context) : sliced(node, context);
}

/** One fused convolution with bias and ReLU per group: tfjs has no groups, so channels are split and the results joined. */
function sliced(node: Conv2d, context: LowerContext): Compute {
  const { tf, hold, relu } = context;
  const [out, into, kh, kw] = shapeOf(node, context);
  const each = out / node.groups;
  const data = parameter(context, node.weight);
  const bias = node.bias === undefined ? undefined : parameter(context, node.bias);
  const groups = Array.from({ length: node.groups }, (_, g) => {
    const part = data.subarray(g * each * into * kh * kw, (g + 1) * each * into * kh * kw);
    return {
      filter: hold(tf.tensor4d(toHwio(part, [each, into, kh, kw]), [kh, kw, into, each])),
      ...(bias === undefined ? {} : { bias: hold(tf.tensor1d(bias.slice(g * each, (g + 1) * each))) }),
    };
  });
  const convolve = (x: Tensor4D, { filter, bias: b }: { readonly filter: Tensor4D; readonly bias?: Tensor1D }) =>
    tf.fused.conv2d({
      x,
      filter,
      strides: [...node.stride],
      pad: explicitPads(node.pads),
      ...(b === undefined ? {} : { bias: b }),
      ...(relu ? { activation: 'relu' as const } : {}),
    });
  const [first] = groups as [(typeof groups)[number]];
  if (groups.length === 1) return (x) => convolve(x as Tensor4D, first);
  return (x) => {
    const parts = tf.split(x, groups.length, 3) as Tensor4D[];
    return tf.concat4d(
      groups.map((group, g) => convolve(parts[g]!, group)),
      3,
    );
  };
}

/** TensorFlow's own convolution, which has groups: it takes them from the filter's number of input channels. */
function grouped(node: Conv2d, context: LowerContext): Compute {
  const { tf, hold, relu } = context;
  const [out, into, kh, kw] = shapeOf(node, context);
  const filter = hold(tf.tensor4d(toHwio(parameter(context, node.weight), [out, into, kh, kw]), [kh, kw, into, out]));
  const bias = node.bias === undefined ? undefined : hold(tf.tensor1d(parameter(context, node.bias).slice()));
  return (x) => {
    let y: Tensor = tensorflowConv2d(context, x, filter, node);
    if (bias !== undefined) y = biasAdd(context, y, bias);
    return relu ? tensorflowRelu(context, y) : y;
  };
}

function shapeOf({ weight }: Conv2d, { weights }: LowerContext): [number, number, number, number] {
  return weights.get(weight)!.shape as [number, number, number, number];
}

/** Of NHWC images. */
export function explicitPads({
  top,
  bottom,
  left,
  right,
}: Pads): [[number, number], [number, number], [number, number], [number, number]] {
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}
