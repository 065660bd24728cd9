import type { Resize } from '@alexnet/core';
import { damaged, HEADER_BYTES, type Header } from './header.ts';
import type { PackedItem, PackedSet, Stored } from './packed-set.ts';

/** The index of a pack: all but the pixels. Lists, as a million objects with names would be twice as long. */
interface Index {
  readonly classes: readonly string[];
  readonly resize: Resize | null;
  readonly items: readonly (
    | readonly [path: string, label: number, offset: number, width: number, height: number]
    | readonly [path: string, label: number, reason: string]
  )[];
}

export function encodeIndex({ classes, items, pack: { resize } }: PackedSet): Buffer {
  const index: Index = {
    classes,
    resize: resize ?? null,
    items: items.map(({ path, label, stored }) =>
      'reason' in stored ? [path, label, stored.reason] : [path, label, stored.offset, stored.width, stored.height],
    ),
  };
  return Buffer.from(JSON.stringify(index));
}

/** Errors: `invalid-file` for what no pack has: it comes from a file. */
export function parseIndex(bytes: Buffer, { indexAt, id }: Header, file: string): PackedSet {
  let index: { [name in keyof Index]?: unknown } | null;
  try {
    index = JSON.parse(bytes.toString()) as typeof index;
  } catch {
    throw damaged(file, 'its index is no JSON');
  }
  const { classes, resize, items } = index ?? {};
  if (!Array.isArray(classes) || !classes.every((name) => typeof name === 'string')) {
    throw damaged(file, 'its index has no classes');
  }
  if (resize !== null && !isResize(resize)) throw damaged(file, 'its index has no resize');
  if (!Array.isArray(items)) throw damaged(file, 'its index has no items');
  return {
    classes,
    items: items.map((item: unknown, i) => {
      const packed = itemOf(item, classes.length, indexAt);
      if (packed === undefined) throw damaged(file, `item ${i} of its index makes no sense`);
      return packed;
    }),
    pack: { file, id, resize: resize ?? undefined },
  };
}

function itemOf(item: unknown, classes: number, end: number): PackedItem | undefined {
  if (!Array.isArray(item)) return undefined;
  const [path, label, ...rest] = item as unknown[];
  const stored = storedOf(rest, end);
  if (typeof path !== 'string' || !isWhole(label, 0) || label >= classes || stored === undefined) return undefined;
  return { path, label, stored };
}

function storedOf([first, width, height]: readonly unknown[], end: number): Stored | undefined {
  if (typeof first === 'string') return { reason: first };
  if (!isWhole(first, HEADER_BYTES) || !isWhole(width, 1) || !isWhole(height, 1)) return undefined;
  return first + 3 * width * height <= end ? { offset: first, width, height } : undefined;
}

function isWhole(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

function isResize(value: unknown): value is Resize {
  if (typeof value !== 'object' || value === null) return false;
  const { mode, size, resampling } = value as Partial<Resize>;
  return (mode === 'short-side' || mode === 'warp') && isWhole(size, 1) && typeof resampling === 'string';
}
