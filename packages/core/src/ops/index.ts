import { AlexNetError } from '../error.ts';
import type { Node, OpName } from '../graph/graph.ts';
import { adaptiveAvgPool2d } from './adaptive-avg-pool2d.ts';
import { batchNorm } from './batch-norm.ts';
import { conv2d } from './conv2d.ts';
import { dropout } from './dropout.ts';
import { flatten } from './flatten.ts';
import { linear } from './linear.ts';
import { lrn } from './lrn.ts';
import { maxPool2d } from './max-pool2d.ts';
import type { OpDefinition } from './op.ts';
import { pad2d } from './pad2d.ts';
import { relu } from './relu.ts';
import { softmax } from './softmax.ts';

/** The op table. */
export const ops = {
  conv2d,
  linear,
  relu,
  lrn,
  maxPool2d,
  adaptiveAvgPool2d,
  batchNorm,
  pad2d,
  flatten,
  dropout,
  softmax,
} as const;

/** Names of all ops. */
export const opNames = Object.keys(ops) as OpName[];

/** The definition of a node's op. Errors: `invalid-graph` for an op that is not in the table. */
export function opOf(node: Node): OpDefinition<Node> {
  if (!Object.hasOwn(ops, node.op)) {
    throw new AlexNetError({
      code: 'invalid-graph',
      message: `There is no op called ${JSON.stringify(node.op)}`,
      fix: `Ops: ${opNames.join(', ')}.`,
      where: `node ${node.name}`,
    });
  }
  return ops[node.op];
}
