import type { Weights } from '../../tensor.ts';
import { isFloat, type StoredTensor, toFloat32 } from './dtype.ts';
import { invalidFile, isPadName, tensorNamed } from './format.ts';
import { type HeaderEntry, readHeader } from './header.ts';

export interface SafetensorsFile {
  /** By name, in the header's order, without pad tensors. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads a safetensors file without copying: the tensors are views into `bytes`.
 * Errors: `invalid-file` for anything that the format does not allow, with the tensor or place where it shows.
 */
export function readSafetensors(bytes: Uint8Array): SafetensorsFile {
  const { entries, metadata, dataStart } = readHeader(bytes);
  checkLayout(entries, bytes.length - dataStart);
  const tensors = new Map(
    entries
      .filter(({ name }) => !isPadName(name))
      .map(({ name, dtype, shape, begin, end }) => [
        name,
        { dtype, shape, data: bytes.subarray(dataStart + begin, dataStart + end) },
      ]),
  );
  return { tensors, metadata };
}

/** The float tensors of a file as float32 weights; F32 is not copied where aligned. Integer tensors (counters, shapes) are left out. */
export function asWeights({ tensors }: Pick<SafetensorsFile, 'tensors'>): Weights {
  return new Map(
    [...tensors]
      .filter(([, tensor]) => isFloat(tensor))
      .map(([name, tensor]) => [name, { shape: tensor.shape, data: toFloat32(tensor) }]),
  );
}

/** The tensors must cover the data exactly: each begins where the one before ended. Errors: `invalid-file`. */
export function checkLayout(entries: readonly HeaderEntry[], dataBytes: number): void {
  let at = 0;
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    const where = tensorNamed(name);
    if (begin < at) throw invalidFile(`The tensor begins at ${begin}, inside another that ends at ${at}`, where);
    if (begin > at) throw invalidFile(`There is a hole of ${begin - at} bytes before the tensor`, where);
    if (end > dataBytes) {
      throw invalidFile(`The data is cut off: the tensor ends at ${end} but there are ${dataBytes} bytes`, where);
    }
    at = end;
  }
  if (at < dataBytes) throw invalidFile(`${dataBytes - at} bytes follow the last tensor`, `data byte ${at}`);
}
