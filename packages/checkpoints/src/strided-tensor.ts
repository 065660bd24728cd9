import {
  AlexNetError,
  type ByteSource,
  type Dtype,
  dtypeBytes,
  type ReadOptions,
  type Shape,
  showShape,
} from '@alexnet/core';
import type { CheckpointTensor, StoredOrder } from './checkpoint-file.ts';
import { damaged } from './damaged.ts';

/** A tensor as a view of a storage: element `[i, j, ...]` stands at `offset + i * strides[0] + j * strides[1] + ...`. */
export interface StridedView {
  readonly dtype: Dtype;
  readonly shape: Shape;
  /** In elements, as many as the shape has extents. */
  readonly strides: readonly number[];
  /** Elements of the storage before the first. */
  readonly offset: number;
  readonly storage: Storage;
  /** For errors: which tensor. */
  readonly where: string;
}

/** Where the elements are. */
export interface Storage {
  readonly elements: number;
  readonly bigEndian: boolean;
  open(options?: ReadOptions): Promise<ByteSource>;
}

/** As many as numpy 1 has; PyTorch has 64, which nobody uses. */
const MAX_RANK = 32;
/** Elements are gathered from pieces of the storage of this size, so that a transposed matrix is never in memory whole. */
const WINDOW_BYTES = 2 ** 23;

/** The strides of a dense tensor: `C` row-major, `F` column-major. */
export function denseStrides(shape: Shape, order: 'C' | 'F' = 'C'): number[] {
  const strides = shape.map(() => 1);
  const axes = [...shape.keys()];
  if (order === 'C') axes.reverse();
  for (const [i, axis] of axes.entries()) {
    const before = axes[i - 1];
    if (before !== undefined) strides[axis] = strides[before]! * shape[before]!;
  }
  return strides;
}

/** Checks that a view lies within its storage and gives it as a tensor. Errors: `invalid-file`. */
export function stridedTensor(view: StridedView): CheckpointTensor {
  const { dtype, shape, where, storage } = view;
  const elements = countElements(view);
  const width = dtypeBytes[dtype];
  const dense = isDense(view);
  return {
    dtype,
    shape,
    async read(from, to, options) {
      const inside =
        Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && from <= to && to <= elements;
      if (!inside) {
        throw new AlexNetError({
          code: 'invalid-input',
          message: `The elements ${from} to ${to} are asked for, but there are ${elements}`,
          where,
        });
      }
      const source = await storage.open(options);
      const bytes = dense
        ? await source.read((view.offset + from) * width, (to - from) * width, options)
        : await gather(view, source, from, to, options);
      return storage.bigEndian && width > 1 ? swapped(bytes, width) : bytes;
    },
    ...(dense ? {} : storedOrder(view)),
  };
}

/** Axes that lie dense in another order, such as those of a matrix that was transposed before it was saved. */
function storedOrder(view: StridedView): { readonly stored?: StoredOrder } {
  const { shape, strides } = view;
  const axes = [...shape.keys()].sort((a, b) => strides[b]! - strides[a]! || a - b);
  const inOrder = { ...view, shape: axes.map((axis) => shape[axis]!), strides: axes.map((axis) => strides[axis]!) };
  return isDense(inOrder) ? { stored: { tensor: stridedTensor(inOrder), axes } } : {};
}

function countElements({ shape, strides, offset, storage, where }: StridedView): number {
  if (shape.length > MAX_RANK || strides.length !== shape.length) {
    throw damaged(`The tensor has ${shape.length} extents and ${strides.length} strides`, where);
  }
  const empty = shape.includes(0);
  const elements = empty ? 0 : shape.reduce((product, extent) => product * extent, 1);
  const last = empty ? -1 : shape.reduce((sum, extent, axis) => sum + (extent - 1) * strides[axis]!, 0);
  if (!(offset + last < storage.elements)) {
    throw damaged(`${showShape(shape)} from ${offset} on reaches past the ${storage.elements} stored elements`, where);
  }
  if (elements <= storage.elements) return elements;
  throw new AlexNetError({
    code: 'invalid-file',
    message: `${showShape(shape)} repeats the ${storage.elements} stored elements`,
    where,
    fix: 'Save it as it is meant: tensor.contiguous() in PyTorch.',
  });
}

function isDense({ shape, strides }: StridedView): boolean {
  const dense = denseStrides(shape);
  return shape.includes(0) || shape.every((extent, axis) => extent === 1 || strides[axis] === dense[axis]);
}

/** Elements of one run along the last axis. */
interface Run {
  /** Place of the first in the storage. */
  readonly start: number;
  readonly count: number;
  /** Place of the first in the result. */
  readonly to: number;
}

/** Reads elements from windows of the storage, each of which is read only when something lies in it. */
async function gather(
  view: StridedView,
  source: ByteSource,
  from: number,
  to: number,
  options?: ReadOptions,
): Promise<Uint8Array> {
  const width = dtypeBytes[view.dtype];
  const step = view.strides.at(-1)!;
  const result = new Uint8Array((to - from) * width);
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (const { start, count } of runs(view, from, to)) {
    low = Math.min(low, start);
    high = Math.max(high, start + (count - 1) * step + 1);
  }
  const size = WINDOW_BYTES / width;
  for (let begin = low; begin < high; begin += size) {
    const end = Math.min(high, begin + size);
    let window: Uint8Array | undefined;
    for (const { start, count, to: at } of runs(view, from, to)) {
      const first = step === 0 ? 0 : Math.max(0, Math.ceil((begin - start) / step));
      const past = step === 0 ? count : Math.min(count, Math.ceil((end - start) / step));
      if (first >= past || start + first * step < begin || start + first * step >= end) continue;
      window ??= await source.read(begin * width, (end - begin) * width, options);
      for (let i = first; i < past; i++) {
        const place = (start + i * step - begin) * width;
        for (let byte = 0; byte < width; byte++) result[(at + i) * width + byte] = window[place + byte]!;
      }
    }
  }
  return result;
}

/** The runs along the last axis that make up the elements `from` to `to` in row-major order. */
function* runs({ shape, strides, offset }: StridedView, from: number, to: number): Generator<Run, void> {
  const length = shape.at(-1)!;
  for (let at = from; at < to; ) {
    const column = at % length;
    let row = (at - column) / length;
    let start = offset + column * strides.at(-1)!;
    for (let axis = shape.length - 2; axis >= 0; axis--) {
      const index = row % shape[axis]!;
      start += index * strides[axis]!;
      row = (row - index) / shape[axis]!;
    }
    const count = Math.min(length - column, to - at);
    yield { start, count, to: at - from };
    at += count;
  }
}

/** Elements with their bytes in the other order. */
function swapped(bytes: Uint8Array, width: number): Uint8Array {
  const result = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += width) {
    for (let byte = 0; byte < width; byte++) result[at + byte] = bytes[at + width - 1 - byte]!;
  }
  return result;
}
