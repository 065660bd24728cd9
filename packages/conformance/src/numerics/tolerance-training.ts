import {
  type Evaluation,
  type FloatWeights,
  type GradientNodeOf,
  type GradientOpName,
  isGradientNode,
  type TrainingNode,
} from '@alexnet/core';
import { type Allowed, allowedErrors, around, budget, type DataKind, U } from './tolerance.ts';
import { crossEntropy, crossEntropyGradient } from './tolerance-loss.ts';
import { lrnGradient } from './tolerance-lrn-gradient.ts';

/*
 * How wrong a correct float32 kernel of a gradient may be: the rule of `tolerance.ts`, with the K and the sum |a*b| of the gradient's own sum.
 * Each value is computed from what the backend itself returned of the values that it reads.
 *
 * Some ops round besides adding up: a division, a root, a product with a constant. Those roundings are the same for many elements, so they do not
 * average out and count in full, n u of the magnitude. WGSL's root takes 2 ULP, its division 2.5 ULP, of 2 u each.
 */

/** One node of a training graph as the oracle computed it. */
export interface JudgedTraining<N extends TrainingNode = TrainingNode> {
  readonly node: N;
  /** What the node read, in the order of its inputs. */
  readonly operands: readonly Float64Array[];
  readonly weights: FloatWeights;
  readonly batch: number;
  readonly evaluation: Evaluation;
  readonly data: DataKind;
}

type Rule<N extends TrainingNode> = 'equal' | 'bitwise' | ((judged: JudgedTraining<N>) => Allowed);

type Rules = { readonly [K in GradientOpName]: Rule<GradientNodeOf<K>> };

/** f = scale / sqrt(variance + epsilon), as in batch norm forward: half an ULP of the addition, a root of 2 + 2.5 ULP, a division of 2.5 ULP. */
const FACTOR = 15;

/** Which budget a gradient op has. */
export const trainingRules: Rules = {
  conv2dInputGradient: sums(0),
  conv2dWeightGradient: sums(0),
  linearInputGradient: sums(0),
  linearWeightGradient: sums(0),
  channelSum: sums(0),
  reluGradient: 'equal',
  lrnGradient,
  maxPool2dGradient: (judged) => (judged.evaluation.terms === 1 ? 'equal' : sums(0)(judged)),
  // a division by the pixels of the window, or a product with what that rounds to
  adaptiveAvgPool2dGradient: sums(5),
  pad2dGradient: 'bitwise',
  unflatten: 'bitwise',
  // y may be any float32; dy - sum, and the product
  softmaxGradient: sums(2),
  // one product, rounded once, as everywhere
  multiply: 'equal',
  // a sum, and a division by M or a product with what 1/M rounds to
  batchMean: sums(5),
  // sum x^2 / M - m^2, or the sum of (x - m)^2 / M: |x| + |m| squared holds both, and what the rounding of m adds to the first, 2 |m| times it
  batchVariance: sums(5 + 3),
  // as forward: 4 roundings and the factor, on (|x| + |mean|) |f| + |bias|
  batchNormalize: fixed(4 + FACTOR),
  // the sum of dy * (x - m), or of dy * x less m times that of dy, times the factor
  batchNormScaleGradient: sums(3 + FACTOR),
  // f * (dy - db / M - xhat * ds / M), in any order: the factor twice, two divisions by M, five products and subtractions
  batchNormInputGradient: fixed(2 * FACTOR + 2 * 5 + 5),
  // dy * f
  batchNormFixedGradient: fixed(1 + FACTOR),
  softmaxCrossEntropy: crossEntropy,
  softmaxCrossEntropyGradient: crossEntropyGradient,
  // a sum and a division by N, then the penalties
  meanLoss: sums(5),
  // a sum of squares times a factor that was rounded, too
  l2Penalty: sums(2),
  // 2 factor w + g: the factor, two products, a sum
  l2Gradient: fixed(4),
};

/** The errors that a correct float32 kernel may make on a node of a training graph. */
export function allowedInTraining(judged: JudgedTraining): Allowed {
  const { node, operands, evaluation, data } = judged;
  if (!isGradientNode(node)) return allowedErrors({ node, operand: operands[0]!, evaluation, data });
  const rule = trainingRules[node.op] as Rule<TrainingNode>;
  if (typeof rule === 'string') return rule;
  return data === 'exact' && addsUpProducts.has(node.op) ? 'equal' : rule(judged);
}

/** What is a sum of products and nothing else: exact in any order where the data are. */
const addsUpProducts: ReadonlySet<GradientOpName> = new Set([
  'conv2dInputGradient',
  'conv2dWeightGradient',
  'linearInputGradient',
  'linearWeightGradient',
  'channelSum',
  'maxPool2dGradient',
] as const);

/** A sum, and so many roundings besides: budget(K) + n u of sum |a*b|. */
function sums(roundings: number): (judged: JudgedTraining) => Float32Array {
  return ({ evaluation, data }) => {
    const terms = evaluation.terms!;
    return around(evaluation, evaluation.magnitude!(), budget(terms, data) + roundings * U, terms + roundings);
  };
}

/** So many roundings, which may all fall on one side. */
function fixed(roundings: number): (judged: JudgedTraining) => Float32Array {
  return ({ evaluation }) => around(evaluation, evaluation.magnitude!(), budget(roundings, 'adversarial'), roundings);
}
