import { at, attributes, type Fault, permuted, result } from './fault.ts';

export const movementFaults: readonly Fault[] = [
  at('flatten', 'HWC order', 'op/flatten/image/random', (call) => {
    const [channels, height = 1, width = 1] = call.input.shape as [number, number?, number?];
    const size = channels * height * width;
    return permuted(call, (i) => {
      const [image, rest] = [Math.floor(i / size), i % size];
      return image * size + (rest % channels) * height * width + Math.floor(rest / channels);
    });
  }),
  at('flatten', 'minus zero loses its sign', 'op/flatten/image/signed', (call) =>
    result(call.evaluate(), (value) => value + 0),
  ),
  attributes('pad2d', 'top and bottom are swapped', 'op/pad2d/top/random', ({ pads }) => ({
    pads: { ...pads, top: pads.bottom, bottom: pads.top },
  })),
  attributes('pad2d', 'left and right are swapped', 'op/pad2d/differ/random', ({ pads }) => ({
    pads: { ...pads, left: pads.right, right: pads.left },
  })),
  at('pad2d', 'padding is minus infinity', 'op/pad2d/top/random', (call) =>
    result(call.evaluate(), (value) => (value === 0 ? Number.NEGATIVE_INFINITY : value)),
  ),
];
