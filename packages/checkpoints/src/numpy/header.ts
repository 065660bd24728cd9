import type { ByteSource, ReadOptions } from '@alexnet/core';
import { damaged } from '../damaged.ts';
import { viewOf } from '../zip/records.ts';
import { type Literal, parseLiteral } from './python-literal.ts';

/** What stands before the values of a .npy file. */
export interface NpyHeader {
  /** The element type, such as `<f4`, or `|O` for pickled objects. */
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the values begin. */
  readonly dataOffset: number;
}

export const MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59);
/** numpy itself refuses longer headers. */
const MAX_HEADER_BYTES = 10_000;
const MAX_RANK = 32;

/**
 * Reads the header (numpy/lib/format.py): magic, version 1.0, 2.0 or 3.0, length of the rest in two bytes (version 1) or four,
 * then a dict literal, in Latin-1 or (version 3) UTF-8. Errors: `invalid-file`.
 */
export async function readHeader(source: ByteSource, options?: ReadOptions): Promise<NpyHeader> {
  const where = source.name;
  const start = await source.read(0, Math.min(12, source.size), options);
  if (start.length < 10 || !MAGIC.every((byte, i) => start[i] === byte)) throw damaged('The file is no .npy', where, 0);
  const version = start[6]!;
  if (version < 1 || version > 3) throw damaged(`The .npy version ${version} is not known`, where, 6);
  const textStart = version === 1 ? 10 : 12;
  if (start.length < textStart) throw damaged('The .npy header is cut off', where, start.length);
  const length = version === 1 ? viewOf(start).getUint16(8, true) : viewOf(start).getUint32(8, true);
  if (length > MAX_HEADER_BYTES) throw damaged(`The .npy header takes ${length} bytes`, where, 8);
  const text = new TextDecoder().decode(await source.read(textStart, length, options));
  const fields = parseLiteral(text);
  const facts = fields instanceof Map ? factsOf(fields) : undefined;
  if (facts === undefined) {
    throw damaged(
      `The .npy header is none that is understood: ${JSON.stringify(text.slice(0, 100))}`,
      where,
      textStart,
    );
  }
  return { ...facts, dataOffset: textStart + length };
}

function factsOf(fields: ReadonlyMap<string, Literal>): Omit<NpyHeader, 'dataOffset'> | undefined {
  const [descr, fortranOrder, shape] = ['descr', 'fortran_order', 'shape'].map((key) => fields.get(key));
  if (typeof descr !== 'string' || typeof fortranOrder !== 'boolean' || !Array.isArray(shape)) return undefined;
  const sizes = shape.filter((extent): extent is number => Number.isSafeInteger(extent));
  if (sizes.length !== shape.length || sizes.length > MAX_RANK) return undefined;
  return { descr, fortranOrder, shape: sizes };
}
