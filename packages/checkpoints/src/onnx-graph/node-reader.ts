import { type Node, opOf, type Shape, sizeOf } from '@alexnet/core';
import { damaged } from '../damaged.ts';
import type { OnnxModel } from '../onnx/read-model.ts';
import type { OnnxNode } from '../onnx/read-node.ts';
import type { OnnxTensor } from '../onnx/tensor-fields.ts';
import { type Constant, filledConstant } from './constant.ts';
import { operators } from './operators/index.ts';
import { Refusal, refuse } from './refusal.ts';
import type { Scope } from './scope.ts';

/** Why a node is none of ours. The same reason has the same words, so that they can be counted. */
export interface NotOurs {
  /** The name of the node, or of what it computes; empty where the model as a whole is meant. */
  readonly node: string;
  readonly op: string;
  readonly reason: string;
}

/**
 * Makes a model's nodes ours, one after the other: `nodes` grows, or `reasons`. `read` rejects a value that two nodes give: `invalid-file`.
 */
export function nodeReader(
  model: OnnxModel,
  scope: Scope,
  nameOf: (value: string) => string,
  scalarOf: (tensor: OnnxTensor) => Promise<number>,
) {
  const nodes: Node[] = [];
  const reasons: NotOurs[] = [];
  const read = new Set([...model.nodes.flatMap(({ inputs }) => inputs), ...model.outputs]);
  const made = new Set(model.tensors.keys());

  const add = async (node: OnnxNode) => {
    const [output = '', ...more] = node.outputs;
    const foreign = node.domain !== '' && node.domain !== 'ai.onnx';
    if (foreign) return refuse(`${node.domain}.${node.op} is none of our operators`);
    if (node.op === 'Constant') return undefined;
    if (node.op === 'ConstantOfShape') return scope.setConstant(output, await ofShape(node, scope, scalarOf));
    if (node.op === 'Identity') return scope.setFlow(output, scope.flow(node.inputs[0]));
    const operator = operators.get(node.op) ?? refuse(`${node.op} is none of our operators`);
    if (output === '') return refuse(`${node.op} without a result`);
    if (more.some((name) => name !== '' && read.has(name))) refuse(`${node.op} with more than one result`);
    const ours = await operator({ node, scope, name: nameOf(output) });
    const operand = scope.flow(node.inputs[0]).shape;
    scope.setFlow(output, { name: ours.name, shape: shapeOf(ours, operand, scope) });
    nodes.push(ours);
    return undefined;
  };

  return {
    nodes,
    reasons,
    async read(node: OnnxNode) {
      for (const output of node.outputs) {
        if (output === '' || node.op === 'Constant') continue;
        if (made.has(output))
          throw damaged('A value comes from two places', `value ${JSON.stringify(output.slice(0, 100))}`);
        made.add(output);
      }
      const reason = await refusalOf(() => add(node));
      if (reason !== undefined) reasons.push({ node: node.name, op: node.op, reason });
    },
  };
}

/** Infers the shape of what a node gives. Refuses what our op does not take. */
function shapeOf(node: Node, operand: Shape, { parameters }: Scope): Shape {
  const unfit = (why: string) => refuse(`${node.op} does not take it: ${why}`);
  const op = opOf(node);
  const read = new Map(op.parameters(node).map((name) => [name, parameters.get(name)!.shape]));
  const shape = op.infer(node, [operand], read, unfit);
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent > 0) || !Number.isSafeInteger(sizeOf(shape))) {
    unfit('nothing is left');
  }
  return shape;
}

/** The attribute `value` has one element, 0 by default. */
async function ofShape(
  node: OnnxNode,
  scope: Scope,
  scalarOf: (tensor: OnnxTensor) => Promise<number>,
): Promise<Constant> {
  const shape = await scope.constant(node.inputs[0]).integers();
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) refuse('ConstantOfShape of no shape');
  return filledConstant(shape, node.value === undefined ? 0 : await scalarOf(node.value));
}

/** Why a step is refused; undefined when it is not. */
export async function refusalOf(step: () => void | Promise<void>): Promise<string | undefined> {
  try {
    await step();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}
