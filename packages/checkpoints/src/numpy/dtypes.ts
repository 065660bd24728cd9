import type { Dtype } from '@alexnet/core';

/** An element type as it is stored. */
export interface StoredDtype {
  readonly dtype: Dtype;
  readonly bigEndian: boolean;
}

/** numpy's kind and bytes per element. */
const dtypes: ReadonlyMap<string, Dtype> = new Map([
  ['f2', 'F16'],
  ['f4', 'F32'],
  ['f8', 'F64'],
  ['i1', 'I8'],
  ['i2', 'I16'],
  ['i4', 'I32'],
  ['i8', 'I64'],
  ['u1', 'U8'],
  ['u2', 'U16'],
  ['u4', 'U32'],
  ['u8', 'U64'],
  ['b1', 'BOOL'],
]);

/** `<f4`, `>i8`, `|b1`, `f4`; undefined for what is no number. Native order is little-endian wherever anybody trains. */
export function parseDtype(text: string): StoredDtype | undefined {
  const [, order = '', name = ''] = /^([<>|=]?)([a-z]\d)$/.exec(text) ?? [];
  const dtype = dtypes.get(name);
  return dtype === undefined ? undefined : { dtype, bigEndian: order === '>' };
}
