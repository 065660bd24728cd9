import type { Shape } from '@alexnet/core';
import { unravel } from '../numerics/compare.ts';
import { type JsonNumber, jsonNumber } from '../report/report.ts';
import type { Cells, ErrorMap } from './diagnosis.ts';

const SIDE = 32;
const MOST_SAMPLES = 32;

/** Where the wrong elements of a tensor are: `ratioAt` is error over budget of an element, above 1 wrong. `shape` has the batch first. */
export function errorMap(ratioAt: (i: number) => number, shape: Shape): ErrorMap | undefined {
  const [batch, ...extents] = shape as [number, ...number[]];
  const elements = shape.reduce((a, b) => a * b, 1);
  const perSample = elements / batch;
  const [channels = 1, height = 1, width = 1] = extents;
  const grids = extents.length === 1 ? [row('features', channels)] : [row('channels', channels), space(height, width)];
  const samples = new Set<number>();
  let [wrong, first, last] = [0, -1, -1];
  for (let i = 0; i < elements; i++) {
    const ratio = ratioAt(i);
    const within = i % perSample;
    const channel = Math.floor(within / (height * width));
    const pixel = within % (height * width);
    for (const grid of grids) grid.add(channel, Math.floor(pixel / width), pixel % width, ratio);
    if (!(ratio > 1)) continue;
    if (first < 0) first = i;
    last = i;
    wrong++;
    if (samples.size < MOST_SAMPLES) samples.add(Math.floor(i / perSample));
  }
  if (wrong === 0) return undefined;
  return {
    elements,
    wrong,
    first: unravel(first, shape),
    last: unravel(last, shape),
    samples: [...samples],
    batch,
    cells: grids.map(({ cells }) => cells()),
  };
}

interface Grid {
  add(channel: number, row: number, col: number, ratio: number): void;
  cells(): Cells;
}

/** Channels or features in reading order, `perCell` of them to a cell. */
function row(of: 'channels' | 'features', count: number): Grid {
  const perCell = Math.ceil(count / (SIDE * SIDE));
  const worst = new Float64Array(Math.ceil(count / perCell));
  const cols = Math.min(SIDE, worst.length);
  return {
    add(channel, _row, _col, ratio) {
      const at = Math.floor(channel / perCell);
      worst[at] = Math.max(worst[at]!, ratio);
    },
    cells: () => ({ of, rows: Math.ceil(worst.length / cols), cols, perCell: [perCell], worst: [...worst].map(short) }),
  };
}

function space(height: number, width: number): Grid {
  const down = Math.ceil(height / SIDE);
  const across = Math.ceil(width / SIDE);
  const [rows, cols] = [Math.ceil(height / down), Math.ceil(width / across)];
  const worst = new Float64Array(rows * cols);
  return {
    add(_channel, r, c, ratio) {
      const at = Math.floor(r / down) * cols + Math.floor(c / across);
      worst[at] = Math.max(worst[at]!, ratio);
    },
    cells: () => ({ of: 'space', rows, cols, perCell: [down, across], worst: [...worst].map(short) }),
  };
}

/** Two digits are enough for a colour. */
const short = (ratio: number): JsonNumber => jsonNumber(Number.isFinite(ratio) ? Number(ratio.toPrecision(2)) : ratio);
