import type { Linear } from './linear.ts';
import type { Lowered, ParameterView } from './lowered.ts';
import { int64Bytes, type OnnxNode } from './onnx.ts';

/** Blocked layouts take channels by 8 or 16; what does not fill a block would get the plain, slower convolution. */
export const BLOCK = 16;

/** One convolution for each block of rows of the weight, all from the same input, and their outputs one after the other. */
export function linearAsConvolution(
  { name, inputs, weight, bias }: Linear,
  features: number,
  outputs: number,
): Lowered {
  const rows = blockRows(features, outputs);
  const at = (part: string) => `${name}.${part}`;
  const step = (op: string, part: string, operands: readonly string[], attributes = {}): OnnxNode => {
    return { op, name: at(part), inputs: operands, output: at(part), attributes };
  };
  const views: ParameterView[] = [];
  const view = (parameter: string, part: number, from: number, shape: readonly number[]): string => {
    const viewName = `${parameter}.${part}.of.${name}`;
    views.push({ name: viewName, parameter, part: 'values', from, shape });
    return viewName;
  };
  const blocks = Array.from({ length: outputs / rows }, (_, part) => {
    const operands = [at('pixels'), view(weight, part, part * rows * features, [rows, features, 1, 1])];
    if (bias !== undefined) operands.push(view(bias, part, part * rows, [rows]));
    return step('Conv', `block.${part}`, operands);
  });
  const swap = { perm: [1, 0] };
  const sums = blocks.map(({ output }) => output);
  return {
    nodes: [
      step('Transpose', 'columns', inputs, swap),
      step('Reshape', 'pixels', [at('columns'), at('image')]),
      ...blocks,
      ...(sums.length === 1 ? [] : [step('Concat', 'sums', sums, { axis: 1 })]),
      step('Reshape', 'rows', [sums.length === 1 ? sums[0]! : at('sums'), at('matrix')]),
      { op: 'Transpose', name, inputs: [at('rows')], output: name, attributes: swap },
    ],
    constants: [
      { name: at('image'), shape: [4], type: 'int64', data: int64Bytes([1, features, 1, -1]) },
      { name: at('matrix'), shape: [2], type: 'int64', data: int64Bytes([outputs, -1]) },
    ],
    views,
  };
}

/**
 * Rows per block. The engine holds a few copies of one block while it brings it into its own layout: many blocks keep that peak low.
 * Not below 32 MB, from where the C library gives memory back to the system as soon as it is freed.
 */
function blockRows(features: number, outputs: number): number {
  const smallest = 2 ** 25 / (4 * features);
  for (let rows = Math.ceil(smallest / BLOCK) * BLOCK; 2 * rows <= outputs; rows += BLOCK) {
    if (outputs % rows === 0) return rows;
  }
  return outputs;
}
