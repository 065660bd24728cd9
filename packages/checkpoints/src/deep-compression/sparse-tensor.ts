import { type ByteSource, type ReadOptions, type Shape, showShape, sizeOf, toFloat32 } from '@alexnet/core';
import type { CheckpointTensor } from '../checkpoint-file.ts';
import { damaged } from '../damaged.ts';
import { checkElements } from '../element-range.ts';
import { FLOAT_BYTES, type Section } from './sections.ts';

/** Entries that are decoded at once; even, so that each piece begins with a whole byte. */
const CHUNK_ENTRIES = 2 ** 17;

/** A place between two entries. */
interface Place {
  /** Entries before it. */
  readonly entry: number;
  /** The element of the last entry before it. */
  readonly element: number;
}

const START: Place = { entry: 0, element: -1 };

/**
 * The weight of a layer. Each read decodes only the elements that it gives; one that goes on where the last ended does not begin again.
 * Errors: `invalid-file` for entries beyond the last element, when elements as far as that are read.
 */
export function sparseTensor(source: ByteSource, section: Section, shape: Shape, where: string): CheckpointTensor {
  const elements = sizeOf(shape);
  let resume = START;
  return {
    dtype: 'F32',
    shape,
    async read(from, to, options = {}) {
      checkElements(from, to, elements, where);
      const book = await readFloats(source, section.codebook, 2 ** section.bits, options);
      const values = new Float32Array(to - from);
      if (book[0] !== 0) values.fill(book[0]!);
      const start = resume.element < from ? resume : START;
      // at the end of the tensor all entries are walked, so that none is left over
      const past = to === elements ? Number.POSITIVE_INFINITY : to;
      resume = await walkEntries(source, section, { start, past }, options, (element, code) => {
        if (element >= elements) throw beyond(element, shape, where);
        if (element >= from) values[element - from] = book[code]!;
      });
      return new Uint8Array(values.buffer);
    },
  };
}

/** The element of a layer's last entry; -1 when it has none. */
export async function lastElement(source: ByteSource, section: Section, options: ReadOptions): Promise<number> {
  const everything = { start: START, past: Number.POSITIVE_INFINITY };
  return (await walkEntries(source, section, everything, options, () => undefined)).element;
}

/** Calls `visit` for the entries from a place on whose elements come before `past`, and gives the place after them. */
async function walkEntries(
  source: ByteSource,
  { entries, bits, codes, gaps }: Section,
  { start, past }: { readonly start: Place; readonly past: number },
  options: ReadOptions,
  visit: (element: number, code: number) => void,
): Promise<Place> {
  let { entry, element } = start;
  const perByte = 8 / bits;
  while (entry < entries) {
    const first = entry - (entry % 2);
    const count = Math.min(CHUNK_ENTRIES, entries - first);
    const gapBytes = await source.read(gaps + first / 2, Math.ceil(count / 2), options);
    const codeBytes = await source.read(codes + first / perByte, Math.ceil(count / perByte), options);
    for (; entry < first + count; entry++) {
      const i = entry - first;
      const next = element + 1 + nibble(gapBytes, i);
      if (next >= past) return { entry, element };
      element = next;
      visit(element, bits === 8 ? codeBytes[i]! : nibble(codeBytes, i));
    }
  }
  return { entry, element };
}

/** Four bits, the low ones of a byte first. */
function nibble(bytes: Uint8Array, index: number): number {
  const byte = bytes[index >> 1]!;
  return index & 1 ? byte >> 4 : byte & 15;
}

async function readFloats(
  source: ByteSource,
  offset: number,
  count: number,
  options: ReadOptions,
): Promise<Float32Array> {
  return toFloat32({ dtype: 'F32', shape: [count], data: await source.read(offset, count * FLOAT_BYTES, options) });
}

function beyond(element: number, shape: Shape, where: string): Error {
  return damaged(`There is a weight for element ${element}, but ${showShape(shape)} has ${sizeOf(shape)}`, where);
}
