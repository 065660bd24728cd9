import type { NodeOf, Pads, Pair } from '@alexnet/core';
import type { Layout } from './layout.ts';
import type { Context, Lowered, Tail } from './lower.ts';
import { blockConvolution, blocksOf } from './space-to-depth.ts';
import { cover, type Dispatch, type Groups } from './step.ts';
import { type Constant, matrixConstant, plainConstant, vectorConstant } from './weights.ts';

/** A convolution as its kernels see it. */
export interface Convolution {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly pads: Pick<Pads, 'top' | 'left'>;
  readonly groups: number;
  readonly out: number;
  /** Input channels per group. */
  readonly perGroup: number;
  /** OIHW. */
  readonly weight: Float32Array;
}

/**
 * Groups whose channels fill vec4s run as matrix products, others one output at a time. Few channels with a stride (the first layer) are first
 * brought together in blocks, or most of each vec4 and most of the work would be empty.
 */
export function lowerConvolution(node: NodeOf<'conv2d'>, context: Context, tail: Tail): Lowered {
  const weight = context.weights.get(node.weight)!;
  const [out, perGroup, ...kernel] = weight.shape as readonly [number, number, number, number];
  const { stride, pads, groups } = node;
  const given: Convolution = { kernel, stride, pads, groups, out, perGroup, weight: weight.data };
  const [x, y] = [context.layout(node.inputs[0]), context.layout(node.name)];
  const block = blocksOf(given);
  if (block === undefined) {
    const plan = kernelPlan(node, given, x, y, context, tail, node.inputs[0]);
    return { nodes: tail.nodes, reads: node.inputs[0], writes: tail.writes, plan };
  }
  const blocked = blockConvolution(given, x, y, block);
  const scratch = `${node.name}.blocks`;
  const plan = kernelPlan(node, blocked.convolution, blocked.layout, y, context, tail, scratch);
  const vectors = (batch: number) => batch * blocked.layout.height * blocked.layout.width * blocked.layout.vectors;
  return {
    nodes: tail.nodes,
    reads: node.inputs[0],
    writes: tail.writes,
    scratch: { name: scratch, bytes: (batch) => vectors(batch) * 16 },
    plan: (batch) => [
      {
        choice: { kernel: 'space-to-depth' },
        params: [
          ...[...block, pads.top, pads.left, vectors(batch), blocked.layout.vectors],
          ...[blocked.layout.height, blocked.layout.width, x.height, x.width, x.channels, x.vectors * 4],
        ],
        groups: cover(vectors(batch)),
        reads: node.inputs[0],
        writes: scratch,
        constants: [],
      },
      ...plan(batch),
    ],
  };
}

function kernelPlan(
  node: NodeOf<'conv2d'>,
  { kernel, stride, pads, groups, out, perGroup, weight }: Convolution,
  x: Layout,
  y: Layout,
  context: Context,
  tail: Tail,
  reads: string,
): (batch: number) => Dispatch[] {
  const vectorised = groups === 1 || (perGroup % 4 === 0 && (out / groups) % 4 === 0);
  const groupX = vectorised ? Math.ceil(perGroup / 4) : perGroup;
  const groupY = vectorised ? Math.ceil(out / groups / 4) : out / groups;
  const taps = kernel[0] * kernel[1];
  const matrix: Constant = vectorised ? matrixConstant(weight, { groups, out, perGroup, taps }) : plainConstant(weight);
  const bias = node.bias === undefined ? new Float32Array(out) : context.weights.get(node.bias)!.data;
  const constants = [
    context.constant(`${node.name}.weight`, matrix),
    context.constant(`${node.name}.bias`, vectorConstant(bias)),
  ];
  const window = [...kernel, ...stride, pads.top, pads.left];
  const channels = vectorised ? [x.vectors, y.vectors] : [x.vectors * 4, y.vectors * 4];

  return (batch) => {
    const pixels = batch * y.height * y.width;
    const choice = vectorised
      ? context.choices.convolution({ pixels, groupOut: groupY, groups, depth: taps * groupX })
      : ({ kernel: 'conv2d-scalar' } as const);
    const { ROWS: rows = 8, COLS: cols = 1 } = choice.constants ?? {};
    const grids: Readonly<Record<string, Groups>> = {
      'conv2d-tile': [Math.ceil(groupY / cols / 8), Math.ceil(pixels / rows / 8), groups],
      'conv2d-shared': [Math.ceil(groupY / 16), Math.ceil(pixels / 64), groups],
      'conv2d-scalar': [Math.ceil((y.vectors * 4) / 8), Math.ceil(pixels / 8), 1],
    };
    const sizes = [pixels, y.height, y.width, x.height, x.width, ...channels, groupX, groupY, out, Number(tail.relu)];
    return [
      {
        choice,
        params: [...window, ...sizes],
        groups: grids[choice.kernel]!,
        reads,
        writes: tail.writes,
        constants,
      },
    ];
  };
}
