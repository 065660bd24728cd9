import type { NodeOf, Tensor } from '@alexnet/core';
import type { Call } from '../altered-backend.ts';
import { attributes, coordinates, type Fault, faultsOf, mapped, result } from './fault.ts';

type Max = Call<NodeOf<'maxPool2d'>>;

/** Whether the window of an output element reaches over the edge of the image. */
function reachesOut({ node, input, output }: Max, i: number): boolean {
  const { row, col } = coordinates(i, output);
  const over = (at: number, stride: number, before: number, window: number, extent: number) =>
    at * stride < before || at * stride - before + window > extent;
  return (
    over(row, node.stride[0], node.pads.top, node.kernel[0], input.shape[1]!) ||
    over(col, node.stride[1], node.pads.left, node.kernel[1], input.shape[2]!)
  );
}

/** Sums of the whole input, cut into windows by a rule. */
function averaged(
  { input, output, batch }: Call<NodeOf<'adaptiveAvgPool2d'>>,
  windowOf: (at: number, out: number, extent: number) => readonly [number, number],
): Tensor {
  const [, height, width] = input.shape as [number, number, number];
  const [channels, rows, cols] = output as [number, number, number];
  const data = new Float32Array(batch * channels * rows * cols);
  for (let i = 0; i < data.length; i++) {
    const { sample, channel, row, col } = coordinates(i, output);
    const [[top, bottom], [left, right]] = [windowOf(row, rows, height), windowOf(col, cols, width)];
    let sum = 0;
    for (let r = top; r < bottom; r++)
      for (let c = left; c < right; c++) sum += input.data[((sample * channels + channel) * height + r) * width + c]!;
    data[i] = sum / ((bottom - top) * (right - left));
  }
  return { shape: [batch, channels, rows, cols], data };
}

export const poolingFaults: readonly Fault[] = [
  ...faultsOf('maxPool2d', [
    {
      id: 'floor-for-ceil',
      name: 'floor for ceil',
      caughtBy: 'ceil-keeps/random',
      change: attributes(() => ({ ceilMode: false })),
    },
    {
      id: 'ceil-for-floor',
      name: 'ceil for floor',
      caughtBy: 'floor-drops/random',
      change: attributes(() => ({ ceilMode: true })),
    },
    {
      id: 'ceil-windows-zero',
      name: 'windows that floor would drop are left 0',
      caughtBy: 'ceil-keeps/negative',
      change(call) {
        if (!call.node.ceilMode) return undefined;
        const floor = call.evaluate({ node: { ...call.node, ceilMode: false } }).shape as [
          number,
          number,
          number,
          number,
        ];
        return result(call.evaluate(), (value, i) => {
          const { row, col } = coordinates(i, call.output);
          return row < floor[2] && col < floor[3] ? value : 0;
        });
      },
    },
    {
      id: 'padding-is-zero',
      name: 'padding counts as 0',
      caughtBy: 'pad-left/negative',
      change: (call) =>
        call.node.ceilMode
          ? undefined
          : result(call.evaluate(), (value, i) => (reachesOut(call, i) ? Math.max(0, value) : value)),
    },
    {
      id: 'maximum-starts-at-zero',
      name: 'the maximum starts at 0',
      caughtBy: 'overlapping/negative',
      change: (call) => result(call.evaluate(), (value) => (value < 0 ? 0 : value)),
    },
    {
      id: 'padding-is-finite',
      name: 'padding counts as a large negative number, not minus infinity',
      caughtBy: 'pad-left/lowest',
      change: (call) => result(call.evaluate(), (value) => Math.max(-1e30, value)),
    },
    {
      id: 'pads-top-bottom-swapped',
      name: 'top and bottom padding are swapped',
      caughtBy: 'pad-top/random',
      change: attributes(({ pads }) => ({ pads: { ...pads, top: pads.bottom, bottom: pads.top } })),
    },
    {
      id: 'pads-left-right-swapped',
      name: 'left and right padding are swapped',
      caughtBy: 'pad-right/random',
      change: attributes(({ pads }) => ({ pads: { ...pads, left: pads.right, right: pads.left } })),
    },
    {
      id: 'window-transposed',
      name: 'the window is transposed',
      caughtBy: 'plain/random',
      change: attributes(({ kernel: [h, w] }) => ({ kernel: [w, h] })),
    },
    {
      id: 'window-without-bottom',
      name: 'the last row of the window is not read',
      caughtBy: 'overlapping/random',
      change: ({ node, evaluate, output }) => {
        const shorter = evaluate({
          node: {
            ...node,
            kernel: [Math.max(1, node.kernel[0] - 1), node.kernel[1]],
            pads: { ...node.pads, bottom: Math.max(0, node.pads.bottom - 1) },
          },
        });
        return shorter.shape[2] === output[1] ? shorter : undefined;
      },
    },
    {
      id: 'nan-loses',
      name: 'NaN loses against numbers',
      caughtBy: 'plain/special',
      change: (call) =>
        call.evaluate({ input: mapped(call.input.data, (x) => (Number.isNaN(x) ? Number.NEGATIVE_INFINITY : x)) }),
    },
    {
      id: 'last-tile-of-channels',
      name: 'channels after the last full vector of 4 are not computed',
      caughtBy: 'tails/random',
      cause: 'end-of-channels-not-computed',
      change: (call) =>
        result(call.evaluate(), (value, i) =>
          coordinates(i, call.output).channel < call.output[0]! - (call.output[0]! % 4) ? value : 0,
        ),
    },
  ]),
  ...faultsOf('adaptiveAvgPool2d', [
    {
      id: 'windows-rounded-down',
      name: 'windows end where they should be rounded up',
      caughtBy: 'overlaps/random',
      change: (call) =>
        averaged(call, (at, out, extent) => [
          Math.floor((at * extent) / out),
          Math.max(1, Math.floor(((at + 1) * extent) / out)),
        ]),
    },
    {
      id: 'windows-of-floor-size',
      name: 'all windows have one size, as in ordinary pooling',
      caughtBy: 'overlaps/random',
      change: (call) =>
        averaged(call, (at, out, extent) => {
          const size = Math.max(1, Math.floor(extent / out));
          return [Math.min(extent - 1, at * size), Math.min(extent, (at + 1) * size)];
        }),
    },
    {
      id: 'max-of-all-for-mean',
      name: 'the largest of all is taken instead of the mean',
      caughtBy: 'divides/random',
      change: (call) => result(call.evaluate(), () => call.input.data.reduce((a, b) => Math.max(a, b))),
    },
    {
      id: 'not-divided',
      name: 'sums are not divided',
      caughtBy: 'global/random',
      change: (call) =>
        result(
          call.evaluate(),
          (value) =>
            value * (call.output[1] === 1 && call.output[2] === 1 ? call.input.shape[1]! * call.input.shape[2]! : 1),
        ),
    },
  ]),
];
