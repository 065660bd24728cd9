import type { NodeOf } from '@alexnet/core';
import { float32, int64 } from './constants.ts';
import type { Lowered } from './lowered.ts';
import type { OnnxNode } from './onnx.ts';

/**
 * How local response normalisation is written.
 * - `operator`: ONNX's own LRN, for files that others read, and where it is fast.
 * - `convolution`: squares, a banded convolution over channels, roots and a division: the same function,
 *   many times faster where the engine's LRN is a plain loop (docs/decisions has the reasons, docs/performance/onnx.md the measurements).
 */
export type LrnForm = 'operator' | 'convolution';

type Lrn = NodeOf<'lrn'>;

/** `image` is the shape of the input, CxHxW. */
export function lowerLrn(node: Lrn, form: LrnForm, image: readonly [number, number, number]): Lowered {
  // ONNX Runtime's operator takes odd sizes only.
  return form === 'operator' && node.size % 2 === 1 ? operator(node) : convolution(node, image);
}

function operator({ name, inputs, size, alpha, beta, bias }: Lrn): Lowered {
  const attributes = { size, alpha: { float: alpha }, beta: { float: beta }, bias: { float: bias } };
  return { nodes: [{ op: 'LRN', name, inputs, output: name, attributes }], constants: [] };
}

/**
 * y = x / t^beta with t = bias + alpha/size * (sum of x^2 over the window).
 *
 * The sum is a 1x1 convolution over channels. A dense one has a C x C matrix that is nearly all zeros, so the channels are taken in blocks
 * of R: each block's R + size - 1 inputs are gathered side by side, and a grouped convolution makes R sums of them.
 * The image is one axis of H*W, since a convolution of rank 4 would be moved to the engine's blocked layout and back.
 */
function convolution(node: Lrn, [channels, height, width]: readonly [number, number, number]): Lowered {
  const { name, inputs } = node;
  const at = (part: string) => `${name}.${part}`;
  const step = (
    op: string,
    part: string,
    operands: readonly string[],
    attributes?: OnnxNode['attributes'],
  ): OnnxNode => ({
    op,
    name: at(part),
    inputs: operands,
    output: at(part),
    ...(attributes === undefined ? {} : { attributes }),
  });
  const { blocks, windows, band } = channelBand(channels, {
    size: node.size,
    before: Math.floor((node.size - 1) / 2),
    weight: node.alpha / node.size,
  });
  const power = powerOf(node.beta, at('t'), step);
  return {
    nodes: [
      step('Reshape', 'x', [inputs[0], at('flat')]),
      step('Mul', 'squares', [at('x'), at('x')]),
      ...(windows === undefined ? [] : [step('Gather', 'windows', [at('squares'), at('channels')], { axis: 1 })]),
      step('Conv', 't', [at(windows === undefined ? 'squares' : 'windows'), at('band'), at('bias')], { group: blocks }),
      ...power.nodes,
      step('Div', 'quotient', [at('x'), power.value]),
      { op: 'Reshape', name, inputs: [at('quotient'), at('image')], output: name },
    ],
    constants: [
      int64(at('flat'), [0, channels, height * width]), // 0: the batch, whatever it is
      int64(at('image'), [0, channels, height, width]),
      ...(windows === undefined ? [] : [int64(at('channels'), windows)]),
      float32(at('band'), [channels, band.length / channels, 1], band),
      float32(at('bias'), [channels], new Float32Array(channels).fill(node.bias)),
      ...power.constants,
    ],
  };
}

/**
 * Rows per block: 8 was as fast as 16 natively, faster in WebAssembly. Multiples of 4: ONNX Runtime on WebGPU mixes up groups that share a
 * vector. All channels in one block where few blocks would do.
 */
function blockRows(channels: number, size: number): number {
  for (let rows = Math.max(8, Math.ceil(size / 4) * 4); 2 * rows <= channels; rows += 4) {
    if (channels % rows === 0) return rows;
  }
  return channels;
}

/** A sum over neighbouring channels. */
export interface ChannelWindow {
  readonly size: number;
  /** How many of them come before the channel itself. */
  readonly before: number;
  /** By what each is multiplied. */
  readonly weight: number;
}

/** The weights of a 1x1 convolution of so many groups that sums over a window of channels, of channels gathered as `windows` says, if at all. */
export interface ChannelBand {
  readonly blocks: number;
  readonly windows: readonly number[] | undefined;
  readonly band: Float32Array;
}

export function channelBand(channels: number, window: ChannelWindow): ChannelBand {
  const rows = blockRows(channels, window.size);
  return rows === channels
    ? { blocks: 1, windows: undefined, band: dense(channels, window) }
    : { blocks: channels / rows, ...blocked(channels, rows, window) };
}

/** Row c holds the weight where the column's channel lies in the window of channel c, else 0. */
function dense(channels: number, { size, before, weight }: ChannelWindow): Float32Array {
  const data = new Float32Array(channels * channels);
  for (let c = 0; c < channels; c++) {
    const first = Math.max(0, c - before);
    const last = Math.min(channels - 1, c - before + size - 1);
    data.fill(weight, c * channels + first, c * channels + last + 1);
  }
  return data;
}

/** The channels that each block reads, one block after the other, and each block's `[rows, rows + size - 1]` band. */
function blocked(
  channels: number,
  rows: number,
  { size, before, weight }: ChannelWindow,
): Pick<ChannelBand, 'band'> & { windows: number[] } {
  const columns = rows + size - 1;
  const band = new Float32Array(channels * columns);
  const windows: number[] = [];
  for (let block = 0; block < channels; block += rows) {
    for (let column = 0; column < columns; column++) {
      const channel = block + column - before;
      windows.push(Math.min(channels - 1, Math.max(0, channel))); // outside: any channel, with weight 0
      if (channel < 0 || channel >= channels) continue;
      for (let row = Math.max(0, column - size + 1); row <= Math.min(rows - 1, column); row++) {
        band[(block + row) * columns + column] = weight;
      }
    }
  }
  return { windows, band };
}

type Step = (op: string, part: string, operands: readonly string[]) => OnnxNode;

/** t^beta: by square roots, which are correctly rounded and vectorised, where beta is a multiple of a quarter up to 1. */
function powerOf(beta: number, t: string, step: Step): Lowered & { readonly value: string } {
  const half = step('Sqrt', 'half', [t]);
  const quarter = step('Sqrt', 'quarter', [half.output]);
  const last = (...nodes: readonly OnnxNode[]) => ({ nodes, constants: [], value: nodes.at(-1)?.output ?? t });
  switch (beta) {
    case 1:
      return last();
    case 0.75:
      return last(half, quarter, step('Mul', 'power', [half.output, quarter.output]));
    case 0.5:
      return last(half);
    case 0.25:
      return last(half, quarter);
    default: {
      const exponent = float32(`${t}.beta`, [], Float32Array.of(beta));
      return { ...last(step('Pow', 'power', [t, exponent.name])), constants: [exponent] };
    }
  }
}
