import { at, attributes, type Fault, mapped, result } from './fault.ts';

export const poolingFaults: readonly Fault[] = [
  attributes('maxPool2d', 'floor for ceil', 'op/maxPool2d/ceil-keeps/random', () => ({ ceilMode: false })),
  attributes('maxPool2d', 'ceil for floor', 'op/maxPool2d/floor-drops/random', () => ({ ceilMode: true })),
  at('maxPool2d', 'windows that floor would drop are left 0', 'op/maxPool2d/ceil-keeps/negative', (call) => {
    const [, , cols] = call.output as [number, number, number];
    return result(call.evaluate(), (value, i) => (call.node.ceilMode && i % cols === cols - 1 ? 0 : value));
  }),
  at('maxPool2d', 'padding counts as 0', 'op/maxPool2d/zoo-pool5/negative', (call) =>
    result(call.evaluate(), (value) =>
      Object.values(call.node.pads).some((pad) => pad > 0) ? Math.max(0, value) : value,
    ),
  ),
  at(
    'maxPool2d',
    'padding counts as a large negative number, not minus infinity',
    'op/maxPool2d/pad-left/lowest',
    (call) => result(call.evaluate(), (value) => Math.max(-1e30, value)),
  ),
  attributes('maxPool2d', 'top and bottom padding are swapped', 'op/maxPool2d/pad-top/random', ({ pads }) => ({
    pads: { ...pads, top: pads.bottom, bottom: pads.top },
  })),
  attributes('maxPool2d', 'left and right padding are swapped', 'op/maxPool2d/pad-right/random', ({ pads }) => ({
    pads: { ...pads, left: pads.right, right: pads.left },
  })),
  attributes('maxPool2d', 'the window is transposed', 'op/maxPool2d/plain/random', ({ kernel: [h, w] }) => ({
    kernel: [w, h],
  })),
  at('maxPool2d', 'NaN loses against numbers', 'op/maxPool2d/plain/special', (call) =>
    call.evaluate({ input: mapped(call.input.data, (x) => (Number.isNaN(x) ? Number.NEGATIVE_INFINITY : x)) }),
  ),
  at(
    'adaptiveAvgPool2d',
    'the sum of three columns is divided by two',
    'op/adaptiveAvgPool2d/overlaps/random',
    (call) => {
      const [, , cols] = call.output as [number, number, number];
      const divides = call.input.shape[2]! % cols === 0;
      return result(call.evaluate(), (value, i) => (i % cols === 0 && !divides ? value * (3 / 2) : value));
    },
  ),
  at(
    'adaptiveAvgPool2d',
    'the largest of all is taken instead of the mean',
    'op/adaptiveAvgPool2d/divides/random',
    (call) => result(call.evaluate(), () => call.input.data.reduce((a, b) => Math.max(a, b))),
  ),
];
