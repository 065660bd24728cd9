import { sizeOf } from '@alexnet/core';
import { refuse } from '../refusal.ts';
import type { Flow, Scope } from '../scope.ts';
import type { Operator } from './operator.ts';
import { imageOf } from './windows.ts';

export const relu: Operator = ({ node, scope, name }) => ({
  op: 'relu',
  name,
  inputs: [scope.flow(node.inputs[0]).name],
});

export const flatten: Operator = ({ node, scope, name }) => {
  const input = scope.flow(node.inputs[0]);
  const axis = node.attributes.get('axis') ?? 1;
  if (axis !== 1 && axis !== -input.shape.length) refuse('Flatten at another axis than 1: samples are joined or cut');
  return { op: 'flatten', name, inputs: [input.name] };
};

/** A flatten, where the new shape keeps the samples: [0, -1], [-1, features], [batch, features], ... */
export const reshape: Operator = async ({ node, scope, name }) => {
  const input = scope.flow(node.inputs[0]);
  const shape = await scope.constant(node.inputs[1]).integers();
  if (!isFlattening(shape, input, scope, node.attributes.get('allowzero') === 1)) {
    refuse('Reshape into something else than flat samples');
  }
  return { op: 'flatten', name, inputs: [input.name] };
};

function isFlattening(shape: readonly number[], input: Flow, { batch }: Scope, zeroIsZero: boolean): boolean {
  const [samples, features] = shape;
  if (shape.length !== 2 || (samples === -1 && features === -1)) return false;
  const keepsFeatures = features === sizeOf(input.shape) || (features === -1 && samples !== -1);
  return keepsFeatures && ((samples === 0 && !zeroIsZero) || samples === -1 || samples === batch);
}

/** Inputs data, pads, value, axes since opset 11; attributes pads, value before. */
export const pad: Operator = async ({ node, scope, name }) => {
  const [data, pads = '', value = '', axes = ''] = node.inputs;
  const input = scope.flow(data);
  imageOf(input, 'Pad');
  if (node.mode !== '' && node.mode !== 'constant') refuse('Pad that repeats or mirrors values');
  if (axes !== '') refuse('Pad of chosen axes');
  const fill = value === '' ? (node.attributes.get('value') ?? 0) : (await scope.constant(value).floats())[0];
  if (fill !== 0) refuse('Pad with another value than 0');
  const list = pads === '' ? (node.window.get('pads') ?? []) : await scope.constant(pads).integers();
  const [n, c, top, left, nAfter, cAfter, bottom, right] = list;
  if (list.length !== 8) refuse('Pad of another number of axes');
  if ([n, c, nAfter, cAfter].some((extent) => extent !== 0)) refuse('Pad of samples or channels');
  if (list.some((extent) => extent < 0)) refuse('Pad that cuts');
  return { op: 'pad2d', name, inputs: [input.name], pads: { top: top!, left: left!, bottom: bottom!, right: right! } };
};

/** At inference the identity, whatever the rate. Inputs data, ratio, training_mode since opset 12; is_test before opset 7. */
export const dropout: Operator = async ({ node, scope, name }) => {
  const [data, , training = ''] = node.inputs;
  const input = scope.flow(data);
  const inTraining = training !== '' && (await scope.constant(training).integers())[0] !== 0;
  if (inTraining || (scope.opset < 7 && node.attributes.get('is_test') !== 1)) refuse('Dropout while training');
  const ratio = node.attributes.get('ratio') ?? 0.5;
  return { op: 'dropout', name, inputs: [input.name], rate: ratio >= 0 && ratio < 1 ? ratio : 0 };
};
