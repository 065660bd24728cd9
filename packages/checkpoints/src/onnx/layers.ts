import { AlexNetError } from '@alexnet/core';
import type { CheckpointLayer } from '../checkpoint-file.ts';
import type { OnnxModel } from './read-model.ts';
import type { OnnxNode } from './read-node.ts';
import type { TensorTable } from './tensor-table.ts';

/** What a layer is read from. */
interface Reading {
  readonly node: OnnxNode;
  readonly table: TensorTable;
  /** The Add that alone reads what the node computes. */
  readonly add: OnnxNode | undefined;
  /** Whether anything reads what the node computes. */
  readonly used: boolean;
}

type LayerReader = (reading: Reading) => CheckpointLayer | undefined;

/** The ops that have weights. */
const readers: ReadonlyMap<string, LayerReader> = new Map([
  ['Conv', conv],
  ['Gemm', gemm],
  ['MatMul', matMul],
  ['MatMulNBits', matMulNBits],
  ['BatchNormalization', batchNorm],
]);

/**
 * The layers of a model whose weights are in the file, in the file's order, which is that of computing.
 * Errors: `unsupported` for a Gemm that scales or transposes its input, if anything reads what it computes.
 */
export function layersOf({ nodes, outputs }: OnnxModel, table: TensorTable): CheckpointLayer[] {
  const consumers = new Map<string, OnnxNode[]>();
  for (const node of nodes) {
    for (const input of new Set(node.inputs)) {
      const others = consumers.get(input);
      if (others === undefined) consumers.set(input, [node]);
      else others.push(node);
    }
  }
  const results = new Set(outputs);
  return nodes.flatMap((node) => {
    const read = readers.get(node.op);
    if (read === undefined) return [];
    const [output = ''] = node.outputs;
    const after = consumers.get(output) ?? [];
    const isResult = results.has(output);
    const [add] = after.length === 1 && !isResult && after[0]?.op === 'Add' ? after : [];
    return read({ node, table, add, used: isResult || after.length > 0 }) ?? [];
  });
}

/** inputs X, W, B */
function conv({ node, table }: Reading): CheckpointLayer | undefined {
  const weight = table.tensorOf(node.inputs[1]);
  if (weight === undefined) return undefined;
  const groups = node.attributes.get('group') ?? 1;
  return { name: node.name, op: 'conv2d', weight, ...biasOf(table.tensorOf(node.inputs[2])), groups };
}

/** inputs A, B, C: alpha A B + beta C, with B [in, out] unless transB */
function gemm({ node, table, used }: Reading): CheckpointLayer | undefined {
  const { name, inputs, attributes } = node;
  const weight = table.tensorOf(inputs[1]);
  if (weight === undefined) return undefined;
  const bias = table.tensorOf(inputs[2]);
  const scaled = (attributes.get('alpha') ?? 1) !== 1 || (bias !== undefined && (attributes.get('beta') ?? 1) !== 1);
  if (scaled || (attributes.get('transA') ?? 0) !== 0) {
    if (!used) return undefined;
    throw new AlexNetError({
      code: 'unsupported',
      message: `The Gemm ${JSON.stringify(name.slice(0, 100))} ${scaled ? 'scales what it computes (alpha, beta)' : 'transposes its input (transA)'}`,
      where: `node ${JSON.stringify(name.slice(0, 100))}`,
      fix: 'Fold alpha and beta into the weights, and export the layer without transA.',
    });
  }
  return linear(name, weight, bias, (attributes.get('transB') ?? 0) === 0);
}

/** inputs A, B [in, out]; the bias is added by a node of its own */
function matMul({ node, table, add }: Reading): CheckpointLayer | undefined {
  const weight = table.tensorOf(node.inputs[1]);
  if (weight === undefined || table.tensors.get(weight)?.shape.length !== 2) return undefined;
  return linear(node.name, weight, addedBias(node, add, table, weight, 1), true);
}

/** inputs A, B, scales, zero_points, g_idx, bias; the table has B unpacked as [out, in] */
function matMulNBits({ node, table, add }: Reading): CheckpointLayer | undefined {
  const weight = table.tensorOf(node.inputs[1]);
  if (weight === undefined || table.tensors.get(weight)?.dtype !== 'F32') return undefined;
  const bias = table.tensorOf(node.inputs[5]) ?? addedBias(node, add, table, weight, 0);
  return linear(node.name, weight, bias, false);
}

/** inputs X, scale, B, mean, variance */
function batchNorm({ node, table }: Reading): CheckpointLayer | undefined {
  const [weight, bias, mean, variance] = node.inputs.slice(1, 5).map((input) => table.tensorOf(input));
  if (weight === undefined || bias === undefined || mean === undefined || variance === undefined) return undefined;
  const epsilon = node.attributes.get('epsilon') ?? DEFAULT_EPSILON;
  return { name: node.name, op: 'batchNorm', weight, bias, mean, variance, epsilon };
}

/** The attribute's default, a float32. */
const DEFAULT_EPSILON = Math.fround(1e-5);

function linear(name: string, weight: string, bias: string | undefined, inOut: boolean): CheckpointLayer {
  return { name, op: 'linear', weight, ...biasOf(bias), ...(inOut ? { layout: { linear: 'IO' as const } } : {}) };
}

function biasOf(bias: string | undefined): { readonly bias?: string } {
  return bias === undefined ? {} : { bias };
}

/** The tensor that an Add puts to a product, when it has one value for each output. */
function addedBias(
  { outputs }: OnnxNode,
  add: OnnxNode | undefined,
  { tensors, tensorOf }: TensorTable,
  weight: string,
  outputAxis: 0 | 1,
): string | undefined {
  const bias = tensorOf(add?.inputs.find((input) => input !== outputs[0]));
  if (bias === undefined) return undefined;
  const shape = tensors.get(bias)?.shape ?? [];
  return shape.length === 1 && shape[0] === tensors.get(weight)?.shape[outputAxis] ? bias : undefined;
}
