import { type NodeOf, type Pads, type Pair, sizeOf } from '@alexnet/core';
import type { Layout } from './layout.ts';
import type { Context, Lowered, Tail } from './lower.ts';
import { padded } from './moves.ts';
import type { Dispatch, Groups } from './step.ts';
import { biasConstant, matrixConstant, plainConstant } from './weights.ts';

/** What the kernels walk over for each output pixel. */
interface Window {
  /** Rows and columns of taps. */
  readonly kernel: Pair;
  readonly pads: Pick<Pads, 'top' | 'left'>;
  /** vec4s (scalars, for the scalar kernel) that each tap reads. */
  readonly depth: number;
}

/**
 * Groups whose channels fill vec4s run as matrix products, others one output at a time.
 *
 * Where pixels have few channels (the first layer), a tap would be one vec4, and finding it would take longer than using it. There, a row of
 * the window is one tap: its pixels lie side by side. A padded image is copied into its padding first, so that no row wraps around.
 */
export function lowerConvolution(node: NodeOf<'conv2d'>, context: Context, tail: Tail): Lowered {
  const { name, groups, stride, pads } = node;
  const shape = context.shapeOf(node.weight);
  const [out, perGroup, ...kernel] = shape as readonly [number, number, number, number];
  const [x, y] = [context.layout(node.inputs[0]), context.layout(name)];
  const vectorised = fillsVectors(groups, perGroup, out);
  const depth = vectorised ? Math.ceil(perGroup / 4) : perGroup;
  const taps = kernel[0] * kernel[1];
  const matrix = vectorised
    ? matrixConstant(node.weight, { groups, out, perGroup, taps })
    : plainConstant(node.weight, sizeOf(shape));
  const constants = [
    context.constant(`${name}.weight`, matrix),
    context.constant(`${name}.bias`, biasConstant(out, node.bias)),
  ];

  const dispatch = (batch: number, reads: string, image: Layout, window: Window): Dispatch => {
    const pixels = batch * y.height * y.width;
    const groupOut = vectorised ? Math.ceil(out / groups / 4) : out / groups;
    const choice = vectorised
      ? context.choices.convolution({ pixels, groupOut, groups, depth: taps * depth })
      : ({ kernel: 'conv2d-scalar' } as const);
    const { ROWS: rows = 8, COLS: cols = 1 } = choice.constants ?? {};
    const grids: Readonly<Record<string, Groups>> = {
      'conv2d-tile': [Math.ceil(groupOut / cols / 8), Math.ceil(pixels / rows / 8), groups],
      'conv2d-shared': [Math.ceil(groupOut / 16), Math.ceil(pixels / 64), groups],
      'conv2d-scalar': [Math.ceil((y.vectors * 4) / 8), Math.ceil(pixels / 8), 1],
    };
    const channels = vectorised ? [image.vectors, y.vectors] : [image.vectors * 4, y.vectors * 4];
    return {
      choice,
      params: [
        ...[...window.kernel, ...stride, window.pads.top, window.pads.left],
        ...[pixels, y.height, y.width, image.height, image.width],
        ...[...channels, window.depth, groupOut, out, Number(tail.relu)],
      ],
      groups: grids[choice.kernel]!,
      reads,
      writes: tail.writes,
      constants,
    };
  };

  const reads = node.inputs[0];
  const lowered = { nodes: tail.nodes, reads, writes: tail.writes };
  const byRows = vectorised && groups === 1 && depth < FEW && kernel[1] > 1;
  if (!byRows) return { ...lowered, plan: (batch) => [dispatch(batch, reads, x, { kernel, pads, depth })] };

  const rows: Window = { kernel: [kernel[0], 1], pads: { top: 0, left: 0 }, depth: kernel[1] * depth };
  if (Object.values(pads).every((pad) => pad === 0)) {
    return { ...lowered, plan: (batch) => [dispatch(batch, reads, x, rows)] };
  }
  const scratch = `${name}.padded`;
  const image: Layout = {
    ...x,
    height: (y.height - 1) * stride[0] + kernel[0],
    width: (y.width - 1) * stride[1] + kernel[1],
  };
  return {
    ...lowered,
    scratch: { name: scratch, bytes: (batch) => batch * image.height * image.width * image.vectors * 16 },
    plan: (batch) => [padded(reads, scratch, x, image, pads, batch), dispatch(batch, scratch, image, rows)],
  };
}

/** Whether the channels of each group begin at vec4s of their own: else the scalar kernels run. */
export function fillsVectors(groups: number, perGroup: number, out: number): boolean {
  return groups === 1 || (perGroup % 4 === 0 && (out / groups) % 4 === 0);
}

/** vec4s per tap below which rows are taken at once. */
const FEW = 4;
