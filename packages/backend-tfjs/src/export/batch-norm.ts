import type { NodeOf } from '@alexnet/core';
import { floats } from './constant.ts';
import { float, float32, text } from './graph-def.ts';
import { type Lowered, type LoweringContext, node } from './lowered.ts';
import { slice } from './parameters.ts';

/** TensorFlow's operator, which is for images; flat values get the same by (x - mean) * factor + bias. */
export function lowerBatchNorm(layer: NodeOf<'batchNorm'>, context: LoweringContext): Lowered {
  const { name, inputs, scale, bias, mean, variance, epsilon } = layer;
  const { parameter, part } = context;
  const named = (parameterName: string) =>
    slice(parameterName, parameter(parameterName), parameter(parameterName).shape);
  if (context.shapeOf(name).length === 3) {
    const operands = [scale, bias, mean, variance];
    const attr = { ...float32, epsilon: float(epsilon), data_format: text('NHWC') };
    return {
      nodes: [node('FusedBatchNormV3', name, [...inputs, ...operands], attr)],
      constants: operands.map(named),
    };
  }
  const { data } = parameter(variance);
  const factors = parameter(scale).data.map((value, c) => value / Math.sqrt(data[c]! + epsilon));
  const factor = floats(part(name, 'factor'), [factors.length], factors);
  const [centred, scaled] = [part(name, 'centred'), part(name, 'scaled')];
  return {
    nodes: [
      node('Sub', centred, [...inputs, mean], float32),
      node('Mul', scaled, [centred, factor.name], float32),
      node('AddV2', name, [scaled, bias], float32),
    ],
    constants: [named(mean), factor, named(bias)],
  };
}
