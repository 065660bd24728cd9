import type { Algorithm, Capabilities, Float64Tensor, Node, NodeOf, Shape, Weights } from '@alexnet/core';
import { type Allowed, budget, type DataKind, SMALLEST_NORMAL, ulp } from './tolerance.ts';
import { type Matrix, winograd, winogradTransforms } from './winograd.ts';

/*
 * How wrong a correct float32 Winograd convolution may be. Its sums are of transformed products, which are larger than those of the
 * convolution, and cancel: also what a window does not read, but its tile does. So there is no bound in terms of sum |a*b|.
 *
 * What is added up for one output, with the absolute values of the matrices, the filter g and the tile d:
 *
 *     W  =  |A'| [ sum over channels of (|G| |g| |G'|) * (|B'| |d| |B|) ] |A|        float64, the tiles as they are cut
 *
 * Every rounding on the way of a term is relative to a partial sum of these, so n roundings on the longest way make (Higham, "Accuracy and
 * stability of numerical algorithms", 3.1) |got - want| <= n u / (1 - n u) W; on random data 2 sqrt(n) u W, as for other sums.
 *
 *     n  =  roundings of the transforms (10 of F(2x2), 24 of F(4x4))  +  1 of the product  +  channels per group, with the bias
 *
 * The growth of W over sum |a*b|, where inputs and filters are of one size: |A'| |G| |B'| have row sums of 3, 1.5 and 2 for F(2x2), 19, 1 and
 * 10 for F(4x4). Measured, seeded conv3 of BVLC AlexNet: see docs/decisions/011-soundness.md.
 *
 * Terms are added in any order, over channels too. Data that every order of additions sums exactly need not be exact here.
 */

/** A node that is judged, with what tiles are cut from. */
export interface Transformable {
  readonly node: Node;
  /** What the node reads, batch first; asked for where an algorithm needs it. */
  input(): { readonly shape: Shape; readonly data: ArrayLike<number> };
  readonly weights: Weights;
  /** What the oracle computed. */
  readonly want: Float64Tensor;
  readonly data: DataKind;
}

/** The errors that a correct float32 kernel may make on a node by any of the algorithms that a backend declares: `ordinary`, or more. */
export function allowedBy(
  { algorithms = [] }: Pick<Capabilities, 'algorithms'>,
  ordinary: Allowed,
  judged: Transformable,
): Allowed {
  const { node } = judged;
  if (node.op !== 'conv2d' || !isTransformable(node, judged.weights)) return ordinary;
  return algorithms.reduce((most, algorithm) => larger(most, winogradErrors(node, judged, algorithm)), ordinary);
}

/** Winograd's transforms are for windows of 3x3 that advance by 1. */
function isTransformable({ stride, weight }: NodeOf<'conv2d'>, weights: Weights): boolean {
  const [, , kh, kw] = weights.get(weight)!.shape;
  return kh === 3 && kw === 3 && stride[0] === 1 && stride[1] === 1;
}

function larger(a: Allowed, b: Float32Array): Float32Array {
  return typeof a === 'string' ? b : a.map((allowed, i) => Math.max(allowed, b[i]!));
}

function winogradErrors(
  node: NodeOf<'conv2d'>,
  { input, weights, want, data }: Transformable,
  algorithm: Algorithm,
): Float32Array {
  const transforms = winogradTransforms[algorithm];
  const weight = weights.get(node.weight)!;
  const bias = node.bias === undefined ? undefined : weights.get(node.bias)!.data;
  const [, , rows, cols] = want.shape as [number, number, number, number];
  const { shape, data: operand } = input();
  const sizes = winograd({
    input: { shape, data: Float64Array.from(operand, Math.abs) },
    weight: { shape: weight.shape, data: weight.data.map(Math.abs) },
    ...(bias === undefined ? {} : { bias: bias.map(Math.abs) }),
    groups: node.groups,
    pads: node.pads,
    output: [rows, cols],
    transforms: {
      ...transforms,
      input: absolute(transforms.input),
      filter: absolute(transforms.filter),
      output: absolute(transforms.output),
    },
    round: (value) => value,
  });
  const channels = weight.shape[1]!;
  const factor = budget(transforms.roundings + 1 + channels, data === 'random' ? 'random' : 'adversarial');
  const floor = (channels + 1) * 9 * SMALLEST_NORMAL;
  return Float32Array.from(sizes, (size, i) => floor + ulp(want.data[i]!) + factor * size);
}

const absolute = (matrix: Matrix) => matrix.map((row) => row.map(Math.abs));
