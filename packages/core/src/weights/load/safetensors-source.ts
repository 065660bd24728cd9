import type { ByteSource } from '../../bytes/byte-source.ts';
import { AlexNetError } from '../../error.ts';
import { type Dtype, isFloat, toFloat32 } from '../safetensors/dtype.ts';
import { readSafetensorsHeader } from '../safetensors/read-header.ts';
import type { OpenedWeights } from './opened-weights.ts';
import { rowsOf, wantedRows } from './rows.ts';

/**
 * One safetensors file whose tensors have the parameters' names: float tensors are parameters, F16 kept as it is, the others as
 * float32. Only what is read is in memory. Errors: `invalid-file`.
 */
export async function safetensorsSource(
  source: ByteSource & Partial<AsyncDisposable>,
  whole: AbortSignal | undefined,
): Promise<OpenedWeights> {
  const { tensors, dataStart } = await readSafetensorsHeader(source, { signal: whole });
  const floats = [...tensors].filter(([, { dtype }]) => isFloat({ dtype }));
  const parameters = new Map(
    floats.map(([name, { dtype, shape }]) => [name, { shape, precision: precisionOf(dtype) }]),
  );
  let disposed = false;
  return {
    manifest: undefined,
    bytes: floats.reduce((sum, [, { begin, end }]) => sum + end - begin, 0),
    parameters,
    async read(name, given = {}) {
      if (disposed)
        throw new AlexNetError({ code: 'disposed', message: 'The weights were disposed', where: source.name });
      const [from, to] = wantedRows(parameters, name, given);
      const { dtype, shape, begin, end } = tensors.get(name)!;
      const row = (end - begin) / rowsOf(shape);
      const signal = given.signal ?? whole;
      const bytes = await source.read(dataStart + begin + row * from, row * (to - from), { signal });
      const data = new Uint8Array(bytes); // the caller owns it, aligned; what a source gives may be a view
      const rows = shape.length === 0 ? [] : [to - from, ...shape.slice(1)];
      if (dtype === 'F16') return { precision: 'f16', shape: rows, data: new Uint16Array(data.buffer) };
      return { precision: 'f32', shape: rows, data: toFloat32({ dtype, shape: rows, data }) };
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
      await source[Symbol.asyncDispose]?.();
    },
  };
}

function precisionOf(dtype: Dtype): 'f16' | 'f32' {
  return dtype === 'F16' ? 'f16' : 'f32';
}
