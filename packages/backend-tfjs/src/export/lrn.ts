import type { NodeOf } from '@alexnet/core';
import { type Constant, floats } from './constant.ts';
import { float, float32, integer, integers, text } from './graph-def.ts';
import { type Lowered, type LoweringContext, node } from './lowered.ts';

type Lrn = NodeOf<'lrn'>;

/** TensorFlow's LRN has a radius, so an odd size, and multiplies by alpha what we multiply by alpha / size. */
export function lowerLrn(layer: Lrn, context: LoweringContext): Lowered {
  return layer.size % 2 === 1 ? operator(layer) : steps(layer, context);
}

function operator({ name, inputs, size, alpha, beta, bias }: Lrn): Lowered {
  const attr = {
    ...float32,
    depth_radius: integer((size - 1) / 2),
    bias: float(bias),
    alpha: float(alpha / size),
    beta: float(beta),
  };
  return { nodes: [node('LRN', name, inputs, attr)] };
}

/** x * t^-beta, with t = bias + alpha/size * (sum of x^2 over the window): the sum is a 1x1 convolution with a band matrix. */
function steps(layer: Lrn, { shapeOf, part }: LoweringContext): Lowered {
  const { name, inputs, beta } = layer;
  const channels = shapeOf(name)[0]!;
  const at = (step: string) => part(name, step);
  const constants = [
    band(at('band'), layer, channels),
    floats(at('bias'), [], Float32Array.of(layer.bias)),
    floats(at('exponent'), [], Float32Array.of(-beta)),
  ] as const;
  const [window, bias, exponent] = constants;
  const convolution = {
    ...float32,
    strides: integers([1, 1, 1, 1]),
    dilations: integers([1, 1, 1, 1]),
    data_format: text('NHWC'),
    padding: text('VALID'),
  };
  return {
    nodes: [
      node('Square', at('squares'), inputs, float32),
      node('Conv2D', at('sums'), [at('squares'), window.name], convolution),
      node('AddV2', at('t'), [at('sums'), bias.name], float32),
      node('Pow', at('power'), [at('t'), exponent.name], float32),
      node('Mul', name, [...inputs, at('power')], float32),
    ],
    constants,
  };
}

/** HWIO `[1, 1, channels, channels]`: alpha / size where the input channel lies in the window of the output channel, else 0. */
function band(name: string, { size, alpha }: Lrn, channels: number): Constant {
  const data = new Float32Array(channels * channels);
  const before = Math.floor((size - 1) / 2);
  const after = Math.ceil((size - 1) / 2);
  for (let c = 0; c < channels; c++) {
    for (let j = Math.max(0, c - before); j <= Math.min(channels - 1, c + after); j++)
      data[j * channels + c] = alpha / size;
  }
  return floats(name, [1, 1, channels, channels], data);
}
