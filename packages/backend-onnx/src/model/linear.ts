import type { NodeOf, Precision } from '@alexnet/core';
import { NBITS_BLOCK, nbitsBlocks } from './held.ts';
import { BLOCK, linearAsConvolution } from './linear-convolution.ts';
import { fixedPoint } from './linear-fixed-point.ts';
import type { Lowered, ParameterView } from './lowered.ts';
import { MICROSOFT } from './onnx.ts';

/**
 * How a linear layer of float32 weights is written.
 * - `operator`: ONNX's Gemm.
 * - `convolution`: 1x1 convolutions over an image one pixel high, whose pixels are the batch. The weights are the same, so is the function;
 *   an engine with a blocked layout for convolutions runs it faster than its matrix product (docs/performance/onnx.md).
 */
export type LinearForm = 'operator' | 'convolution';

/**
 * How a linear layer of stored weights is written.
 * - `restored`: as one of float32 weights, which the stored ones become when the model is built.
 * - `cast`: the engine restores halves, when it loads the model.
 * - `fixedPoint`: a product of whole numbers (linear-fixed-point.ts).
 * - `blocks`: ONNX Runtime's MatMulNBits, in float32 for q4. Of 8 bits it has no fast form in float32, so that it may round the layer's
 *   input to 8 bits as well: for files, not for our own programs.
 */
export interface StoredForms {
  readonly f16: 'restored' | 'cast';
  readonly q8: 'restored' | 'fixedPoint' | 'blocks';
  readonly q4: 'restored' | 'blocks';
}

export type Linear = NodeOf<'linear'>;

export interface LinearContext {
  readonly form: LinearForm;
  readonly stored: StoredForms;
  /** How the weight is held. What is to be restored is `f32` by now. */
  readonly precision: Precision;
  readonly features: number;
  readonly outputs: number;
}

export function lowerLinear(node: Linear, { form, stored, precision, features, outputs }: LinearContext): Lowered {
  switch (precision) {
    case 'f32':
      return form === 'operator' || features % BLOCK !== 0 || outputs % BLOCK !== 0
        ? operator(node)
        : linearAsConvolution(node, features, outputs);
    case 'f16':
      return cast(node);
    case 'q8':
      return stored.q8 === 'fixedPoint' ? fixedPoint(node, outputs) : blocks(node, precision, features, outputs);
    case 'q4':
      return blocks(node, precision, features, outputs);
  }
}

function operator({ name, inputs, weight, bias }: Linear): Lowered {
  const operands = bias === undefined ? [...inputs, weight] : [...inputs, weight, bias];
  return { nodes: [{ op: 'Gemm', name, inputs: operands, output: name, attributes: { transB: 1 } }], constants: [] };
}

function cast(node: Linear): Lowered {
  const weight = `${node.name}.weight.as-float`;
  const { nodes, constants } = operator({ ...node, weight });
  const float = { op: 'Cast', name: weight, inputs: [node.weight], output: weight, attributes: { to: 1 } };
  return { nodes: [float, ...nodes], constants };
}

function blocks(node: Linear, precision: 'q8' | 'q4', features: number, outputs: number): Lowered {
  const { name, inputs, weight, bias } = node;
  const [bits, part, scales] =
    precision === 'q8' ? ([8, 'blocks', 'blockScales'] as const) : ([4, 'values', 'scales'] as const);
  const block = NBITS_BLOCK[precision];
  const count = nbitsBlocks(precision, features);
  const view = (of: ParameterView['part'], shape: readonly number[]): ParameterView => ({
    name: `${weight}.${of}.of.${name}`,
    parameter: weight,
    part: of,
    from: 0,
    shape,
  });
  const views = [view(part, [outputs, count, (block * bits) / 8]), view(scales, [outputs * count])];
  const product = bias === undefined ? name : `${name}.product`;
  return {
    nodes: [
      {
        op: 'MatMulNBits',
        domain: MICROSOFT,
        name: product,
        inputs: [...inputs, ...views.map((each) => each.name)],
        output: product,
        attributes: { K: features, N: outputs, bits, block_size: block, accuracy_level: bits === 4 ? FLOAT32 : INT8 },
      },
      ...(bias === undefined ? [] : [{ op: 'Add', name, inputs: [product, bias], output: name }]),
    ],
    constants: [],
    views,
  };
}

/** What the engine may round the layer's input to, as MatMulNBits counts it. */
const FLOAT32 = 1;
const INT8 = 4;
