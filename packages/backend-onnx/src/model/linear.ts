import type { NodeOf } from '@alexnet/core';
import type { Lowered } from './lower.ts';
import { int64Bytes, type OnnxNode } from './onnx.ts';

/**
 * How a linear layer is written.
 * - `operator`: ONNX's Gemm.
 * - `convolution`: a 1x1 convolution over an image one pixel high, whose pixels are the batch. The weights are the same, so is the function;
 *   an engine with a blocked layout for convolutions runs it faster than its matrix product (docs/performance/onnx.md).
 */
export type LinearForm = 'operator' | 'convolution';

/** Blocked layouts take channels by 8 or 16; what does not fill a block would get the plain, slower convolution. */
const BLOCK = 16;

export function lowerLinear(node: NodeOf<'linear'>, form: LinearForm, features: number, outputs: number): Lowered {
  const { name, inputs, weight, bias } = node;
  const parameters = bias === undefined ? [weight] : [weight, bias];
  if (form === 'operator' || features % BLOCK !== 0 || outputs % BLOCK !== 0) {
    const operands = [...inputs, ...parameters];
    return { nodes: [{ op: 'Gemm', name, inputs: operands, output: name, attributes: { transB: 1 } }], constants: [] };
  }
  const at = (part: string) => `${name}.${part}`;
  const step = (op: string, part: string, operands: readonly string[]): OnnxNode => {
    return { op, name: at(part), inputs: operands, output: at(part) };
  };
  const swap = { perm: [1, 0] };
  return {
    nodes: [
      { ...step('Transpose', 'columns', inputs), attributes: swap },
      step('Reshape', 'pixels', [at('columns'), at('image')]),
      step('Conv', 'sums', [at('pixels'), ...parameters]),
      step('Reshape', 'rows', [at('sums'), at('matrix')]),
      { op: 'Transpose', name, inputs: [at('rows')], output: name, attributes: swap },
    ],
    constants: [
      { name: at('image'), shape: [4], type: 'int64', data: int64Bytes([1, features, 1, -1]) },
      { name: at('matrix'), shape: [2], type: 'int64', data: int64Bytes([outputs, -1]) },
    ],
    parameterShapes: new Map([[weight, [outputs, features, 1, 1]]]),
  };
}
