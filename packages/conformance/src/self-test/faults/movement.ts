import { attributes, type Fault, faultsOf, permuted, result } from './fault.ts';

export const movementFaults: readonly Fault[] = [
  ...faultsOf('flatten', [
    {
      id: 'hwc',
      name: 'HWC order',
      caughtBy: 'image/random',
      change(call) {
        const [channels, height = 1, width = 1] = call.input.shape as [number, number?, number?];
        const size = channels * height * width;
        return permuted(call, (i) => {
          const [image, rest] = [Math.floor(i / size), i % size];
          return image * size + (rest % channels) * height * width + Math.floor(rest / channels);
        });
      },
    },
    {
      id: 'cwh',
      name: 'column by column',
      caughtBy: 'image/random',
      change(call) {
        const [, height = 1, width = 1] = call.input.shape as [number, number?, number?];
        const plane = height * width;
        return permuted(call, (i) => i - (i % plane) + (i % height) * width + Math.floor((i % plane) / height));
      },
    },
    {
      id: 'sign-of-zero-lost',
      name: 'minus zero loses its sign',
      caughtBy: 'image/signed',
      change: (call) => result(call.evaluate(), (value) => value + 0),
    },
    {
      id: 'samples-interleaved',
      name: 'the samples of a batch are interleaved',
      caughtBy: 'image/random',
      cause: 'batch-innermost',
      change(call) {
        const size = call.input.data.length / call.batch;
        return permuted(call, (i) => (i % call.batch) * size + Math.floor(i / call.batch));
      },
    },
  ]),
  ...faultsOf('pad2d', [
    {
      id: 'pads-top-bottom-swapped',
      name: 'top and bottom are swapped',
      caughtBy: 'top/random',
      change: attributes(({ pads }) => ({ pads: { ...pads, top: pads.bottom, bottom: pads.top } })),
    },
    {
      id: 'pads-left-right-swapped',
      name: 'left and right are swapped',
      caughtBy: 'differ/random',
      change: attributes(({ pads }) => ({ pads: { ...pads, left: pads.right, right: pads.left } })),
    },
    {
      id: 'padding-is-minus-infinity',
      name: 'padding is minus infinity',
      caughtBy: 'top/random',
      change: (call) => result(call.evaluate(), (value) => (value === 0 ? Number.NEGATIVE_INFINITY : value)),
    },
  ]),
];
