import { littleEndian, pickleBytes } from './pickle-bytes.ts';

/** Builds .npy files for tests, right or wrong. */

/** A header with any text. */
export function npyBytes(header: string, values: string | Uint8Array = '', version = 1): Uint8Array<ArrayBuffer> {
  const text = header.padEnd(117);
  const length = littleEndian(text.length + 1, version === 1 ? 2 : 4);
  return pickleBytes(0x93, 'NUMPY', version, 0, length, text, '\n', values);
}

export const numbersHeader = (descr: string, shape: string, fortran = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;

export const objectHeader = numbersHeader('|O', '()');
