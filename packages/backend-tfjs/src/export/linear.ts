import type { NodeOf } from '@alexnet/core';
import { float32 } from './graph-def.ts';
import { lowerKernel } from './kernel.ts';
import type { Lowered, LoweringContext } from './lowered.ts';
import { inOut, slice } from './parameters.ts';

/** A linear layer, with a ReLU after it where `relu` is set; `value` is the name of the result. */
export function lowerLinear(layer: NodeOf<'linear'>, value: string, relu: boolean, context: LoweringContext): Lowered {
  const { inputs, weight, bias } = layer;
  const { parameter, part } = context;
  const image = context.hwcOf(inputs[0]);
  // layers that share a weight may read it in different orders
  const name = image === undefined ? weight : part(weight, `hwc${image.join('x')}`);
  const constants = [inOut(name, parameter(weight), image)];
  if (bias !== undefined) constants.push(slice(bias, parameter(bias), parameter(bias).shape));
  const operands = [...inputs, ...constants.map((constant) => constant.name)];
  const kernel = { plain: 'MatMul', fused: '_FusedMatMul', attr: float32 } as const;
  return { nodes: lowerKernel(kernel, value, operands, relu, context), constants };
}
