import type { NodeOf, Pads } from '@alexnet/core';
import { integers as int32 } from './constant.ts';
import { float32, integer, integers, type NodeDef, text } from './graph-def.ts';
import { type Kernel, lowerKernel } from './kernel.ts';
import { type Lowered, type LoweringContext, node } from './lowered.ts';
import { hwio, slice } from './parameters.ts';

/**
 * A convolution, with a ReLU after it where `relu` is set; `value` is the name of the result.
 * Groups become as many convolutions of slices of the channels: not every engine has a convolution with groups.
 */
export function lowerConvolution(
  layer: NodeOf<'conv2d'>,
  value: string,
  relu: boolean,
  context: LoweringContext,
): Lowered {
  const { inputs, weight, bias, groups } = layer;
  const { parameter, part } = context;
  const kernel = kernelOf(layer);
  const rows = parameter(weight).shape[0]! / groups;
  const members = Array.from({ length: groups }, (_, group) => {
    const named = (name: string) => (groups === 1 ? name : part(name, `group${group + 1}of${groups}`));
    const constants = [hwio(named(weight), parameter(weight), rows, group * rows)];
    if (bias !== undefined) constants.push(slice(named(bias), parameter(bias), [rows], group * rows));
    return { name: named(value), constants };
  });
  const constants = members.flatMap((member) => member.constants);
  const lowered = members.map((member, group) => {
    const operands = [
      groups === 1 ? inputs[0] : output(part(value, 'slices'), group),
      ...member.constants.map(({ name }) => name),
    ];
    return lowerKernel(kernel, member.name, operands, relu, context);
  });
  if (groups === 1) return { nodes: lowered.flat(), constants };
  const axis = int32(part(value, 'axis'), [], [3]);
  return {
    nodes: [
      node('Split', part(value, 'slices'), [axis.name, ...inputs], { ...float32, num_split: integer(groups) }),
      ...lowered.flat(),
      node('ConcatV2', value, [...members.map(({ name }) => name), axis.name], { ...float32, N: integer(groups) }),
    ],
    constants: [axis, ...constants],
  };
}

/** How GraphDef names one output of several. */
function output(of: string, index: number): string {
  return index === 0 ? of : `${of}:${index}`;
}

function kernelOf({ stride, pads }: NodeOf<'conv2d'>): Kernel {
  const attr = {
    ...float32,
    strides: integers([1, ...stride, 1]),
    dilations: integers([1, 1, 1, 1]),
    data_format: text('NHWC'),
    ...padding(pads),
  };
  return { plain: 'Conv2D', fused: '_FusedConv2D', attr };
}

function padding({ top, left, bottom, right }: Pads): NodeDef['attr'] {
  const sides = [top, bottom, left, right];
  if (sides.every((side) => side === 0)) return { padding: text('VALID') };
  return { padding: text('EXPLICIT'), explicit_paddings: integers([0, 0, ...sides, 0, 0]) };
}
