import { type GradientNodeOf, isGradientNode, type TrainingNode } from '@alexnet/core';
import type { Call } from '../altered-backend.ts';
import type { TrainingCall } from '../altered-trainer.ts';
import { kernel } from './float32-kernels.ts';
import { layerKernels } from './float32-layers.ts';
import { lossKernels } from './float32-losses.ts';
import { normalisationKernels } from './float32-normalisation.ts';
import { added, eachOfChannel, filled, type Gather, type Ways } from './gather.ts';

/*
 * Correct float32 kernels for training graphs, whose sums are those of `dot`. The suite must pass all of them, always.
 */

const { fround } = Math;

export type GradientKernel<N extends TrainingNode> = (call: TrainingCall<N>, ways: Ways) => Float32Array | undefined;

export type GradientKernels = {
  readonly [K in TrainingNode['op']]?: GradientKernel<Extract<TrainingNode, { op: K }>>;
};

const kernels: GradientKernels = {
  conv2dInputGradient: (call, { dot }) => filled(call.output, (i) => added(dot, ofPixel(call, i))),
  conv2dWeightGradient: (call, { dot }) => filled(call.output, (i) => added(dot, ofWeight(call, i))),
  linearInputGradient({ node, operands: [dy], weights, output }, { dot }) {
    const { shape, data: w } = weights.get(node.weight)!;
    const [out, features] = shape as [number, number];
    return filled(output, (i) =>
      added(dot, (visit) => {
        for (let o = 0; o < out; o++)
          visit(w[o * features + (i % features)]!, dy![Math.floor(i / features) * out + o]!);
      }),
    );
  },
  linearWeightGradient({ operands: [x, dy], output, batch }, { dot }) {
    const [out, features] = output as [number, number];
    return filled(output, (i) =>
      added(dot, (visit) => {
        for (let n = 0; n < batch; n++)
          visit(dy![n * out + Math.floor(i / features)]!, x![n * features + (i % features)]!);
      }),
    );
  },
  channelSum: ({ operands: [dy], output, batch }, { dot }) =>
    filled(output, (c) => added(dot, (visit) => eachOfChannel(dy!, output[0]!, batch, c, (i) => visit(dy![i]!, 1)))),
  maxPool2dGradient: toMaxima,
  adaptiveAvgPool2dGradient: shared,
  ...normalisationKernels,
  ...lossKernels,
};

/** Computes a node as a float32 backend would; undefined leaves what needs no arithmetic to the oracle. */
export function float32Gradient(ways: Ways): (call: TrainingCall) => Float32Array | undefined {
  return (call) =>
    isGradientNode(call.node)
      ? (kernels[call.node.op] as GradientKernel<TrainingNode> | undefined)?.(call, ways)
      : forward(call, ways);
}

/** As the kernels of inference do it. */
function forward(call: TrainingCall, { dot, folded }: Ways): Float32Array | undefined {
  const { node, operands, shapes, weights, batch, output } = call;
  const inner: Call = {
    node: node as Call['node'],
    input: { shape: shapes.values.get(node.inputs[0]!)!, data: operands[0]! },
    output: output.slice(1),
    batch,
    weights,
    evaluate: () => ({ shape: output, data: call.evaluate() }),
  };
  const { [node.op]: name } = folded ? otherKernels : plainKernels;
  const alteration = name === undefined ? kernel(dot) : layerKernels[name]!.alteration;
  return alteration.node?.(inner)?.data;
}

type Named = Readonly<Partial<Record<TrainingNode['op'], string>>>;
const plainKernels: Named = {
  lrn: 'LRN, each window added up',
  softmax: 'softmax, one accumulator',
  batchNorm: 'batch norm, mean subtracted first',
};
const otherKernels: Named = {
  lrn: 'LRN, a running sum',
  softmax: 'softmax, one pass',
  batchNorm: 'batch norm, folded into one factor and one term',
};

/** What all windows and outputs give to pixel i. */
function ofPixel(
  { node, operands: [dy], weights, shapes }: TrainingCall<GradientNodeOf<'conv2dInputGradient'>>,
  i: number,
): Gather {
  const { shape, data: w } = weights.get(node.weight)!;
  const [out, perGroup, kh, kw] = shape as [number, number, number, number];
  const [channels, height, width] = node.shape as [number, number, number];
  const [, rows, cols] = shapes.values.get(node.inputs[0])! as [number, number, number];
  const plane = Math.floor(i / (height * width));
  const [n, c] = [Math.floor(plane / channels), plane % channels];
  const [r, s] = [Math.floor(i / width) % height, i % width];
  const outPerGroup = out / node.groups;
  const group = Math.floor(c / perGroup);
  return (visit) => {
    for (let o = group * outPerGroup; o < (group + 1) * outPerGroup; o++) {
      for (let u = 0; u < kh; u++) {
        const row = (r + node.pads.top - u) / node.stride[0];
        if (!Number.isInteger(row) || row < 0 || row >= rows) continue;
        for (let v = 0; v < kw; v++) {
          const col = (s + node.pads.left - v) / node.stride[1];
          if (!Number.isInteger(col) || col < 0 || col >= cols) continue;
          visit(
            w[((o * perGroup + (c % perGroup)) * kh + u) * kw + v]!,
            dy![((n * out + o) * rows + row) * cols + col]!,
          );
        }
      }
    }
  };
}

/** What all samples and places give to weight i. */
function ofWeight(
  { node, operands: [x, dy], output, shapes, batch }: TrainingCall<GradientNodeOf<'conv2dWeightGradient'>>,
  i: number,
): Gather {
  const [out, perGroup, kh, kw] = output as [number, number, number, number];
  const [channels, height, width] = shapes.values.get(node.inputs[0])! as [number, number, number];
  const [, rows, cols] = shapes.values.get(node.inputs[1])! as [number, number, number];
  const o = Math.floor(i / (perGroup * kh * kw));
  const c = Math.floor(o / (out / node.groups)) * perGroup + (Math.floor(i / (kh * kw)) % perGroup);
  const [u, v] = [Math.floor(i / kw) % kh, i % kw];
  return (visit) => {
    for (let n = 0; n < batch; n++) {
      for (let row = 0; row < rows; row++) {
        const r = row * node.stride[0] + u - node.pads.top;
        for (let col = 0; col < cols; col++) {
          const s = col * node.stride[1] + v - node.pads.left;
          const inside = r >= 0 && r < height && s >= 0 && s < width;
          visit(
            dy![((n * out + o) * rows + row) * cols + col]!,
            inside ? x![((n * channels + c) * height + r) * width + s]! : 0,
          );
        }
      }
    }
  };
}

/** In the order of the windows, or from the last to the first. */
function toMaxima(
  { node, operands: [x, dy], shapes }: TrainingCall<GradientNodeOf<'maxPool2dGradient'>>,
  { folded }: Ways,
): Float32Array {
  const [, height, width] = shapes.values.get(node.inputs[0])! as [number, number, number];
  const [, rows, cols] = shapes.values.get(node.inputs[1])! as [number, number, number];
  const dx = new Float32Array(x!.length);
  for (let k = 0; k < dy!.length; k++) {
    const at = folded ? dy!.length - 1 - k : k;
    const plane = Math.floor(at / (rows * cols)) * height * width;
    const top = (Math.floor(at / cols) % rows) * node.stride[0] - node.pads.top;
    const left = (at % cols) * node.stride[1] - node.pads.left;
    let best = -1;
    for (let r = Math.max(0, top); r < Math.min(height, top + node.kernel[0]); r++) {
      for (let s = Math.max(0, left); s < Math.min(width, left + node.kernel[1]); s++) {
        const here = plane + r * width + s;
        if (best < 0 || x![here]! > x![best]!) best = here;
      }
    }
    dx[best]! += dy![at]!;
  }
  return dx;
}

/** A division, or a product with the reciprocal. */
function shared(
  { node, operands: [dy], shapes }: TrainingCall<GradientNodeOf<'adaptiveAvgPool2dGradient'>>,
  { folded }: Ways,
): Float32Array {
  const [channels, height, width] = node.shape as [number, number, number];
  const [, rows, cols] = shapes.values.get(node.inputs[0])! as [number, number, number];
  const dx = new Float32Array((dy!.length / (channels * rows * cols)) * channels * height * width);
  for (let at = 0; at < dy!.length; at++) {
    const plane = Math.floor(at / (rows * cols)) * height;
    const [i, j] = [Math.floor(at / cols) % rows, at % cols];
    const [top, bottom] = [Math.floor((i * height) / rows), Math.ceil(((i + 1) * height) / rows)];
    const [left, right] = [Math.floor((j * width) / cols), Math.ceil(((j + 1) * width) / cols)];
    const count = (bottom - top) * (right - left);
    const part = folded ? fround(dy![at]! * fround(1 / count)) : fround(dy![at]! / count);
    for (let r = top; r < bottom; r++) for (let s = left; s < right; s++) dx[(plane + r) * width + s]! += part;
  }
  return dx;
}
