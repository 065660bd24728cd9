import { ops } from '../ops/index.ts';
import type { NodeBase } from '../ops/op.ts';
import {
  batchMean,
  batchNormalize,
  batchNormFixedGradient,
  batchNormInputGradient,
  batchNormScaleGradient,
  batchVariance,
} from './batch-norm.ts';
import { channelSum } from './channel-sum.ts';
import { conv2dInputGradient, conv2dWeightGradient } from './conv2d.ts';
import type { GradientOp } from './gradient-op.ts';
import { l2Gradient, l2Penalty } from './l2.ts';
import { linearInputGradient, linearWeightGradient } from './linear.ts';
import { meanLoss, softmaxCrossEntropy, softmaxCrossEntropyGradient } from './loss.ts';
import { lrnGradient } from './lrn.ts';
import { pad2dGradient } from './pad2d.ts';
import { multiply, reluGradient, softmaxGradient, unflatten } from './pointwise.ts';
import { adaptiveAvgPool2dGradient, maxPool2dGradient } from './pooling.ts';

/** The ops that only training needs: a training graph has these beside the inference ops. */
export const gradientOps = {
  conv2dInputGradient,
  conv2dWeightGradient,
  linearInputGradient,
  linearWeightGradient,
  channelSum,
  reluGradient,
  lrnGradient,
  maxPool2dGradient,
  adaptiveAvgPool2dGradient,
  pad2dGradient,
  unflatten,
  softmaxGradient,
  multiply,
  batchMean,
  batchVariance,
  batchNormalize,
  batchNormScaleGradient,
  batchNormInputGradient,
  batchNormFixedGradient,
  softmaxCrossEntropy,
  softmaxCrossEntropyGradient,
  meanLoss,
  l2Penalty,
  l2Gradient,
} as const;

type GradientOps = typeof gradientOps;

/** The name of an op that only training needs. */
export type GradientOpName = keyof GradientOps;

/** One node of a training graph that only training needs, discriminated by `op`. */
export type GradientNode = {
  [K in GradientOpName]: GradientOps[K] extends GradientOp<infer N> ? N : never;
}[GradientOpName];

/** The node type of one of them. */
export type GradientNodeOf<K extends GradientOpName> = Extract<GradientNode, { op: K }>;

export const gradientOpNames = Object.keys(gradientOps) as GradientOpName[];

/** True for a node that only training needs. */
export function isGradientNode(node: NodeBase): node is GradientNode {
  return Object.hasOwn(gradientOps, node.op) && !Object.hasOwn(ops, node.op);
}

/** The definition of a gradient node's op. */
export function gradientOpOf(node: GradientNode): GradientOp<GradientNode> {
  return gradientOps[node.op];
}
