import type { Pair } from '@alexnet/core';
import { refuse } from '../refusal.ts';
import type { Operator } from './operator.ts';
import { imageOf, windowsOf } from './windows.ts';

/** inputs X, W, B */
export const conv: Operator = ({ node, scope, name }) => {
  const [x, w = '', b = ''] = node.inputs;
  const input = scope.flow(x);
  const [, height, width] = imageOf(input, 'Conv');
  const { shape } = scope.constant(w);
  if (shape.length !== 4) refuse('Conv whose weights are not those of 2 dimensions');
  const { stride, pads } = windowsOf(node, [height, width], shape.slice(2) as unknown as Pair);
  const weight = scope.parameter(w).name;
  const bias = b === '' ? {} : { bias: scope.parameter(b).name };
  const groups = node.attributes.get('group') ?? 1;
  return { op: 'conv2d', name, inputs: [input.name], weight, ...bias, stride, pads, groups };
};
