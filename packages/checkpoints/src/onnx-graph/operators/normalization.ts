import { refuse } from '../refusal.ts';
import type { Operator } from './operator.ts';
import { imageOf } from './windows.ts';

/** Attributes of a model are float32, and so are their defaults. */
const DEFAULT_EPSILON = Math.fround(1e-5);
const DEFAULT_ALPHA = Math.fround(1e-4);

export const lrn: Operator = ({ node, scope, name }) => {
  const input = scope.flow(node.inputs[0]);
  imageOf(input, 'LRN');
  const { attributes } = node;
  const size = attributes.get('size') ?? refuse('LRN without size');
  const [alpha, beta, bias] = [
    attributes.get('alpha') ?? DEFAULT_ALPHA,
    attributes.get('beta') ?? 0.75,
    attributes.get('bias') ?? 1,
  ];
  return { op: 'lrn', name, inputs: [input.name], size, alpha, beta, bias };
};

/** inputs X, scale, B, mean, variance */
export const batchNormalization: Operator = ({ node, scope, name }) => {
  const [x, ...statistics] = node.inputs;
  if ((node.attributes.get('training_mode') ?? 0) !== 0) refuse('BatchNormalization while training');
  if (node.attributes.get('spatial') === 0) refuse('BatchNormalization per pixel');
  const input = scope.flow(x);
  if (input.shape.length !== 1 && input.shape.length !== 3)
    refuse('BatchNormalization of neither images nor flat values');
  const [scale, bias, mean, variance] = [0, 1, 2, 3].map((i) => scope.parameter(statistics[i] ?? '').name);
  const epsilon = node.attributes.get('epsilon') ?? DEFAULT_EPSILON;
  const parameters = { scale: scale!, bias: bias!, mean: mean!, variance: variance! };
  return { op: 'batchNorm', name, inputs: [input.name], ...parameters, epsilon };
};

/** Over the last axis of a flat value, which is axis 1: the default before opset 13, and -1, the default since. */
export const softmax: Operator = ({ node, scope, name }) => {
  const input = scope.flow(node.inputs[0]);
  if (input.shape.length !== 1) refuse('Softmax of a value that is not flat');
  const axis = node.attributes.get('axis') ?? (scope.opset < 13 ? 1 : -1);
  if (axis !== 1 && axis !== -1) refuse('Softmax over samples');
  return { op: 'softmax', name, inputs: [input.name] };
};
