import type { GradientNodeOf } from '@alexnet/core';
import { fillsVectors } from '../plan/convolution.ts';
import type { Dispatch } from '../plan/step.ts';
import type { Computation, GradientContext } from './computation.ts';
import { type Block, BUSY, type Images, inLine, type Sliding, still, vectorsPerGroup } from './sliding.ts';

export function convolutionInputGradient(
  node: GradientNodeOf<'conv2dInputGradient'>,
  context: GradientContext,
): Computation {
  const { name, groups, stride } = node;
  const [reads] = node.inputs;
  const [out, perGroup, ...kernel] = context.shapeOf(node.weight) as readonly [number, number, number, number];
  const [x, y] = [context.layout(name), context.layout(reads)];
  const sliding = { ...node, kernel };
  const weight = context.convolutionWeight(node.weight, groups);
  const buffers = (batch: number) => new Map([[name, context.bytesOf(name, batch)]]);
  if (fillsVectors(groups, perGroup, out)) {
    const block = { ...vectorsPerGroup(groups, perGroup, out), firstVector: 0 };
    const plan = (samples: number) => [
      inputGradient(sliding, { ...x, samples }, { ...y, samples }, block, context, { reads, writes: name, weight }),
    ];
    return { buffers, plan };
  }
  const plan = (batch: number): Dispatch[] => {
    const pixels = batch * x.height * x.width;
    return [
      {
        choice: { kernel: 'conv2d-input-gradient-scalar' },
        params: [
          ...[...kernel, ...stride, node.pads.top, node.pads.left],
          ...[pixels, y.height, y.width, x.height, x.width, x.vectors * 4, y.vectors * 4],
          ...[perGroup, out / groups, x.channels],
        ],
        groups: [Math.ceil((x.vectors * 4) / 8), Math.ceil(pixels / 8), 1],
        reads,
        writes: name,
        constants: [weight],
      },
    ];
  };
  return { buffers, plan };
}

export function linearInputGradient(
  node: GradientNodeOf<'linearInputGradient'>,
  context: GradientContext,
): Computation {
  const { name } = node;
  const [reads] = node.inputs;
  const [x, y] = [context.layout(name), context.layout(reads)];
  const segments = context.linearSegments(node.weight);
  return {
    buffers: (batch) => new Map([[name, context.bytesOf(name, batch)]]),
    plan: (batch) =>
      segments.map(({ first, vectors, matrix }) => {
        const block = { groupX: vectors, groupY: y.vectors, firstVector: first };
        const bound = { reads, writes: name, weight: matrix };
        return inputGradient(still, inLine(x, batch), inLine(y, batch), block, context, bound);
      }),
  };
}

function inputGradient(
  { kernel, stride, pads, groups }: Sliding,
  x: Images,
  y: Images,
  { groupX, groupY, firstVector }: Block,
  { software }: GradientContext,
  { reads, writes, weight }: { readonly reads: string; readonly writes: string; readonly weight: string },
): Dispatch {
  const phases = stride[0] * stride[1];
  const pixels = x.samples * Math.ceil(x.height / stride[0]) * Math.ceil(x.width / stride[1]); // of the largest phase
  const large = software || Math.ceil(pixels / 8) * Math.ceil(groupX / 2) * groups * phases >= BUSY;
  const ROWS = pixels >= 8 && large ? 8 : pixels >= 4 ? 4 : 1;
  const COLS = groupX >= 2 && large ? 2 : 1;
  return {
    choice: { kernel: 'conv2d-input-gradient', constants: { ROWS, COLS } },
    params: [
      ...[...kernel, ...stride, pads.top, pads.left],
      ...[x.samples, y.height, y.width, x.height, x.width, x.vectors, y.vectors],
      ...[groupX, groupY, x.channels, firstVector],
    ],
    groups: [Math.ceil(groupX / COLS / 8), Math.ceil(pixels / ROWS / 8), groups * phases],
    reads,
    writes,
    constants: [weight],
  };
}
