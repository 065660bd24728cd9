import type { GradientNodeOf } from '@alexnet/core';
import { fillsVectors } from '../plan/convolution.ts';
import { cover, type Dispatch } from '../plan/step.ts';
import { type Computation, type GradientContext, gradientBuffers } from './computation.ts';
import { type Block, BUSY, type Images, inLine, type Sliding, still, vectorsPerGroup } from './sliding.ts';

export function convolutionWeightGradient(
  node: GradientNodeOf<'conv2dWeightGradient'>,
  context: GradientContext,
): Computation {
  const { name, groups, kernel, stride } = node;
  const [xName, yName] = node.inputs;
  const [x, y] = [context.layout(xName), context.layout(yName)];
  const [perGroup, out] = [x.channels / groups, y.channels];
  const [buffer] = context.parameterBuffers(context.parameterOf(name));
  const bytes = buffer!.bytes;
  if (fillsVectors(groups, perGroup, out)) {
    const block = { ...vectorsPerGroup(groups, perGroup, out), firstVector: 0 };
    const sums = (samples: number) =>
      weightGradient(node, { ...x, samples }, { ...y, samples }, block, context, {
        reads: xName,
        also: yName,
        name,
        bytes,
      });
    return { buffers: (batch) => sums(batch).buffers, plan: (batch) => sums(batch).dispatches };
  }
  const weights = out * perGroup * kernel[0] * kernel[1];
  const sums = (batch: number) => {
    const cut = cutLines(batch * y.height, y.width, bytes / 4, bytes, context);
    return inParts(name, bytes, cut.parts, (writes) => ({
      choice: { kernel: 'conv2d-weight-gradient-scalar' },
      params: [
        ...[...kernel, ...stride, node.pads.top, node.pads.left],
        ...[batch * y.height, y.height, y.width, x.height, x.width, x.vectors * 4, y.vectors * 4],
        ...[perGroup, out / groups, weights, bytes / 4, cut.partLines, cut.blockLines],
      ],
      groups: [Math.ceil(bytes / 4 / 64), cut.parts, 1],
      reads: xName,
      writes,
      also: [yName],
      constants: [],
    }));
  };
  return { buffers: (batch) => sums(batch).buffers, plan: (batch) => sums(batch).dispatches };
}

export function linearWeightGradient(
  node: GradientNodeOf<'linearWeightGradient'>,
  context: GradientContext,
): Computation {
  const [reads, also] = node.inputs;
  const [x, y] = [context.layout(reads), context.layout(also)];
  const parameter = context.parameterOf(node.name);
  const buffers = context.parameterBuffers(parameter);
  const names = gradientBuffers(node.name, buffers);
  const sums = (batch: number) =>
    context.linearSegments(parameter).map(({ first, vectors }, i) => {
      const block = { groupX: vectors, groupY: y.vectors, firstVector: first };
      const bound = { reads, also, name: names[i]!, bytes: buffers[i]!.bytes };
      return weightGradient(still, inLine(x, batch), inLine(y, batch), block, context, bound);
    });
  return {
    buffers: (batch) => new Map(sums(batch).flatMap((each) => [...each.buffers])),
    plan: (batch) => sums(batch).flatMap(({ dispatches }) => dispatches),
  };
}

interface Sums {
  readonly buffers: ReadonlyMap<string, number>;
  readonly dispatches: readonly Dispatch[];
}

function weightGradient(
  { kernel, stride, pads, groups }: Sliding,
  x: Images,
  y: Images,
  { groupX, groupY, firstVector }: Block,
  context: GradientContext,
  bound: { readonly reads: string; readonly also: string; readonly name: string; readonly bytes: number },
): Sums {
  const ROWS = groupX >= 2 ? 2 : 1;
  const COLS = groupY >= 4 && ROWS === 1 ? 4 : groupY >= 2 ? 2 : 1;
  const [across, down] = [Math.ceil(groupY / COLS), kernel[0] * kernel[1] * Math.ceil(groupX / ROWS)];
  const lines = y.samples * y.height;
  const cut = cutLines(lines, y.width, across * down * groups, bound.bytes, context);
  return inParts(bound.name, bound.bytes, cut.parts, (writes) => ({
    choice: { kernel: 'conv2d-weight-gradient', constants: { ROWS, COLS } },
    params: [
      ...[...kernel, ...stride, pads.top, pads.left],
      ...[lines, y.height, y.width, x.height, x.width, x.vectors, y.vectors],
      ...[groupX, groupY, firstVector, groups, cut.partLines, cut.blockLines],
    ],
    groups: [Math.ceil(across / 8), Math.ceil(down / 8), groups * cut.parts],
    reads: bound.reads,
    writes,
    also: [bound.also],
    constants: [],
  }));
}

/** A sum that is made at once, or in parts that a second kernel adds. */
function inParts(name: string, bytes: number, parts: number, sum: (writes: string) => Dispatch): Sums {
  if (parts === 1) return { buffers: new Map([[name, bytes]]), dispatches: [sum(name)] };
  const scratch = `${name}.parts`;
  const size = bytes / 16;
  return {
    buffers: new Map([
      [name, bytes],
      [scratch, parts * bytes],
    ]),
    dispatches: [
      sum(scratch),
      {
        choice: { kernel: 'sum-parts' },
        params: [size, parts, { float: 1 }],
        groups: cover(size),
        reads: scratch,
        writes: name,
        constants: [],
      },
    ],
  };
}

/** Lines in blocks whose sums keep their digits, and blocks in as many parts as keep the device busy, if there is memory for them. */
function cutLines(
  lines: number,
  cols: number,
  invocations: number,
  bytes: number,
  { software, bindingLimit }: GradientContext,
): { readonly parts: number; readonly partLines: number; readonly blockLines: number } {
  const blockLines = Math.ceil(BLOCK / cols);
  const blocks = Math.ceil(lines / blockLines);
  const wanted = Math.ceil((software ? 512 : BUSY) / invocations);
  const most = Math.max(1, Math.min(blocks, Math.floor(Math.min(bindingLimit, PARTS_BYTES) / bytes)));
  const partLines = Math.ceil(blocks / Math.min(wanted, most)) * blockLines;
  return { parts: Math.ceil(lines / partLines), partLines, blockLines };
}

/** Terms of a sum that registers hold before it is added to memory. */
const BLOCK = 256;
/** Most bytes of parts. */
const PARTS_BYTES = 2 ** 26;
