import type { NodeOf, Pads } from '@alexnet/core';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Compute, LowerContext } from './context.ts';
import { toHwio } from './layout.ts';
import { biasAdd, conv2d as tensorflowConv2d, relu as tensorflowRelu } from './tensorflow.ts';

type Conv2d = NodeOf<'conv2d'>;

/** `context.form.convolution` says how. */
export function conv2d(node: Conv2d, context: LowerContext): Promise<Compute> {
  return context.form.convolution === 'tensorflow' ? grouped(node, context) : sliced(node, context);
}

/** One fused convolution with bias and ReLU per group: tfjs has no groups, so channels are split and the results joined. */
async function sliced(node: Conv2d, context: LowerContext): Promise<Compute> {
  const { tf, read, hold, relu } = context;
  const [out, into, kh, kw] = shapeOf(node, context);
  const each = out / node.groups;
  const data = await read(node.weight);
  const bias = node.bias === undefined ? undefined : await read(node.bias);
  const groups = Array.from({ length: node.groups }, (_, g) => {
    const part = data.subarray(g * each * into * kh * kw, (g + 1) * each * into * kh * kw);
    return {
      filter: hold(() => tf.tensor4d(toHwio(part, [each, into, kh, kw]), [kh, kw, into, each])),
      ...(bias === undefined ? {} : { bias: hold(() => tf.tensor1d(bias.slice(g * each, (g + 1) * each))) }),
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
async function grouped(node: Conv2d, context: LowerContext): Promise<Compute> {
  const { tf, read, hold, relu } = context;
  const [out, into, kh, kw] = shapeOf(node, context);
  const data = await read(node.weight);
  const filter = hold(() => tf.tensor4d(toHwio(data, [out, into, kh, kw]), [kh, kw, into, out]));
  const values = node.bias === undefined ? undefined : await read(node.bias);
  const bias = values === undefined ? undefined : hold(() => tf.tensor1d(values));
  return (x) => {
    let y: Tensor = tensorflowConv2d(context, x, filter, node);
    if (bias !== undefined) y = biasAdd(context, y, bias);
    return relu ? tensorflowRelu(context, y) : y;
  };
}

function shapeOf({ weight }: Conv2d, { extents }: LowerContext): [number, number, number, number] {
  return extents(weight) as [number, number, number, number];
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
