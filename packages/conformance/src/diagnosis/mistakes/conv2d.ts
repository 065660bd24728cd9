import type { NodeOf } from '@alexnet/core';
import type { Mistake, MistakesOf } from '../mistake.ts';
import { geometryOf, type Products } from '../products.ts';
import { channels, groups, layouts } from './conv2d-layout.ts';
import { extents, padding, paddingValue } from './conv2d-padding.ts';
import { biasMistakes, changed, halfSums, operandMistakes, termMistakes } from './products.ts';

const STRIDE_FIX = 'Window (i, j) starts at row i * stride[0] - pads.top and column j * stride[1] - pads.left.';
const shifted = (id: string, cause: string, down: number, across: number) =>
  changed(id, cause, STRIDE_FIX, (subject) => {
    const { pads } = geometryOf(subject);
    return { pads: { top: pads.top - down, left: pads.left - across } };
  });

const windows: readonly Mistake<Products['node']>[] = [
  changed('strides-swapped', 'The strides of rows and columns are swapped', STRIDE_FIX, (subject) => {
    const geometry = geometryOf(subject);
    const [down, across] = geometry.stride;
    if (down === across) return undefined;
    return { stride: () => [across, down], output: extents(geometry, [across, down], geometry.pads) };
  }),
  changed('stride-of-rows-for-both', 'The stride of rows is used for columns too', STRIDE_FIX, (subject) => {
    const geometry = geometryOf(subject);
    const [down, across] = geometry.stride;
    return down === across
      ? undefined
      : { stride: () => [down, down], output: extents(geometry, [down, down], geometry.pads) };
  }),
  changed('stride-of-one-in-later-groups', 'Groups after the first are read at stride 1', STRIDE_FIX, (subject) => {
    const { stride, groups: count } = geometryOf(subject);
    if (count === 1 || (stride[0] === 1 && stride[1] === 1)) return undefined;
    return { stride: (g) => (g === 0 ? stride : [1, 1]) };
  }),
  shifted('windows-a-row-late', 'Every window starts one row too far down', 1, 0),
  shifted('windows-a-row-early', 'Every window starts one row too far up', -1, 0),
  shifted('windows-a-column-late', 'Every window starts one column too far right', 0, 1),
  shifted('windows-a-column-early', 'Every window starts one column too far left', 0, -1),
  ...(['row', 'column'] as const).flatMap((axis) =>
    (['first', 'last'] as const).map((which) =>
      changed(
        `window-without-${which}-${axis}`,
        `The ${which} ${axis} of the window is not read`,
        'Read all of the window: kernel rows and columns from 0 to extent - 1.',
        (subject) => {
          const [, kh, kw] = geometryOf(subject).window;
          const extent = axis === 'row' ? kh : kw;
          if (extent === 1) return undefined;
          const skipped = which === 'first' ? 0 : extent - 1;
          return { counts: (_t, _count, _k, u, v) => ((axis === 'row' ? u : v) === skipped ? 0 : 1) };
        },
      ),
    ),
  ),
];

export const conv2dMistakes: MistakesOf<'conv2d'> = [
  ...biasMistakes,
  ...padding,
  ...windows,
  ...groups,
  ...channels,
  ...layouts,
  ...paddingValue,
  ...termMistakes,
  ...operandMistakes,
  ...halfSums,
] as readonly Mistake<NodeOf<'conv2d'>>[];
