import { scattered } from './convolution-loops.ts';
import { attributes, type Fault, faultsOf, reweighted, termOf } from './fault.ts';

/** Padding, strides and windows. */
export const convolutionWindowFaults: readonly Fault[] = faultsOf('conv2d', [
  {
    id: 'pads-top-bottom-swapped',
    name: 'top and bottom padding are swapped',
    caughtBy: 'pad-top/random',
    change: attributes(({ pads }) => ({ pads: { ...pads, top: pads.bottom, bottom: pads.top } })),
  },
  {
    id: 'pads-left-right-swapped',
    name: 'left and right padding are swapped',
    caughtBy: 'pad-left/random',
    change: attributes(({ pads }) => ({ pads: { ...pads, left: pads.right, right: pads.left } })),
  },
  {
    id: 'pads-rows-columns-swapped',
    name: 'padding of rows and columns is swapped',
    caughtBy: 'padded-conv1/random',
    change: attributes(({ pads: { top, left, bottom, right } }) => ({
      pads: { top: left, left: top, bottom: right, right: bottom },
    })),
  },
  {
    id: 'pads-same-upper',
    name: 'padding is divided evenly, as SAME does',
    caughtBy: 'pads-differ/random',
    cause: 'pads-balanced-end',
    change: attributes(({ pads: { top, left, bottom, right } }) => {
      const [down, across] = [(top + bottom) >> 1, (left + right) >> 1];
      return { pads: { top: down, left: across, bottom: top + bottom - down, right: left + right - across } };
    }),
  },
  {
    id: 'padding-repeats-edge',
    name: 'padding repeats the edge',
    caughtBy: 'pads-differ/random',
    change: (call) => scattered(call, { outside: 'edge' }),
  },
  {
    id: 'padding-reads-neighbours',
    name: 'what stands beside a row is read from the next one',
    caughtBy: 'pad-right/random',
    change: (call) => scattered(call, { outside: 'memory' }),
  },
  {
    id: 'strides-swapped',
    name: 'the strides of rows and columns are swapped',
    caughtBy: 'as-conv1/random',
    change: attributes(({ stride: [h, w] }) => ({ stride: [w, h] })),
  },
  {
    id: 'stride-of-one-in-later-groups',
    name: 'the second group is read at stride 1',
    caughtBy: 'three-groups/random',
    change: (call) =>
      call.node.groups === 1 ? undefined : scattered(call, { strideOf: (g) => (g === 0 ? call.node.stride : [1, 1]) }),
  },
  {
    id: 'windows-a-row-late',
    name: 'rows are off by one at the top',
    caughtBy: 'plain/random',
    change: (call) => scattered(call, { down: 1 }),
  },
  {
    id: 'windows-a-row-early',
    name: 'rows are off by one at the bottom',
    caughtBy: 'plain/random',
    change: (call) => scattered(call, { down: -1 }),
  },
  {
    id: 'windows-a-column-late',
    name: 'columns are off by one at the left',
    caughtBy: 'plain/random',
    change: (call) => scattered(call, { across: 1 }),
  },
  {
    id: 'windows-a-column-early',
    name: 'columns are off by one at the right',
    caughtBy: 'plain/random',
    change: (call) => scattered(call, { across: -1 }),
  },
  {
    id: 'window-without-last-row',
    name: 'the last row of the window is not read',
    caughtBy: 'plain/random',
    change: (call) =>
      reweighted(call, call.node.weight, (w, i, shape) =>
        shape[2]! > 1 && termOf(i, shape).u === shape[2]! - 1 ? 0 : w,
      ),
  },
  {
    id: 'window-without-last-column',
    name: 'the last column of the window is not read',
    caughtBy: 'plain/random',
    change: (call) =>
      reweighted(call, call.node.weight, (w, i, shape) =>
        shape[3]! > 1 && termOf(i, shape).v === shape[3]! - 1 ? 0 : w,
      ),
  },
]);
