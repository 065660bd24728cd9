import { refuse } from '../refusal.ts';
import type { Operator } from './operator.ts';
import { imageOf, windowsOf } from './windows.ts';

const noPads = { top: 0, left: 0, bottom: 0, right: 0 };

export const maxPool: Operator = ({ node, scope, name }) => {
  const input = scope.flow(node.inputs[0]);
  const [, height, width] = imageOf(input, 'MaxPool');
  const ceilMode = node.attributes.get('ceil_mode') === 1;
  return { op: 'maxPool2d', name, inputs: [input.name], ...windowsOf(node, [height, width]), ceilMode };
};

export const globalMaxPool: Operator = ({ node, scope, name }) => {
  const input = scope.flow(node.inputs[0]);
  const [, height, width] = imageOf(input, 'GlobalMaxPool');
  const whole = { kernel: [height, width], stride: [1, 1], pads: noPads, ceilMode: false } as const;
  return { op: 'maxPool2d', name, inputs: [input.name], ...whole };
};

export const globalAveragePool: Operator = ({ node, scope, name }) => {
  const input = scope.flow(node.inputs[0]);
  imageOf(input, 'GlobalAveragePool');
  return { op: 'adaptiveAvgPool2d', name, inputs: [input.name], output: [1, 1] };
};

/**
 * An average pooling is ours where its windows are those of an adaptive one: the means of `[floor(i H/h), ceil((i+1) H/h))`.
 * Others could be written as a convolution with weights 1/n, but then a convolution would be tested, with weights that are rounded.
 */
export const averagePool: Operator = ({ node, scope, name }) => {
  const input = scope.flow(node.inputs[0]);
  const [, height, width] = imageOf(input, 'AveragePool');
  const { kernel, stride, pads } = windowsOf(node, [height, width]);
  if (Object.values(pads).some((pad) => pad !== 0)) refuse('AveragePool with padding');
  const ceil = node.attributes.get('ceil_mode') === 1;
  const output = [adaptive(height, kernel[0], stride[0], ceil), adaptive(width, kernel[1], stride[1], ceil)] as const;
  return { op: 'adaptiveAvgPool2d', name, inputs: [input.name], output };
};

const MAX_WINDOWS = 2 ** 16;

/** How many windows there are. Refuses when they are not those of the adaptive pooling to as many. */
function adaptive(extent: number, kernel: number, stride: number, ceil: boolean): number {
  const steps = (extent - kernel) / stride;
  const outputs = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
  if (!(outputs <= MAX_WINDOWS)) refuse('AveragePool of more windows than a photograph has pixels in a row');
  for (let i = 0; i < outputs; i++) {
    const from = Math.floor((i * extent) / outputs);
    const to = Math.ceil(((i + 1) * extent) / outputs);
    if (from !== i * stride || to !== i * stride + kernel) {
      refuse('AveragePool whose windows are not those of an adaptive one');
    }
  }
  return outputs;
}
