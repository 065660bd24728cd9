import { type Dtype, dtypeBytes, type Shape } from '@alexnet/core';
import type { CheckpointTensor } from '../checkpoint-file.ts';
import { damaged } from '../damaged.ts';
import { type ByteRange, type Field, numberOf, rangeOf, type WireFile } from '../wire.ts';
import { packedRun, type Run, runOf, runTensor, varintTensor } from '../wire-tensor.ts';
import type { Locate } from './external-files.ts';
import { type ExternalRange, externalRange, MAX_EXTERNAL_ENTRIES } from './external-range.ts';
import { readPair } from './pairs.ts';

/** A TensorProto (onnx/onnx.proto) as the file describes it, its values not yet looked at. */
export interface OnnxTensor {
  readonly name: string;
  readonly shape: Shape;
  /** Undefined for strings, complex numbers and those of 4 bits. */
  readonly dtype: Dtype | undefined;
  readonly values: Values;
}

/** Where the values are. */
type Values =
  | { readonly kind: 'none' }
  | { readonly kind: 'raw' | 'varints'; readonly range: ByteRange }
  | { readonly kind: 'run'; readonly run: Run }
  /** int64_data, uint64_data: not for weights. `range` where they are packed. */
  | { readonly kind: 'int64'; readonly range?: ByteRange }
  | { readonly kind: 'external'; readonly external: ExternalRange };

/** TensorProto.DataType */
const dtypes: Readonly<Record<number, Dtype>> = {
  1: 'F32',
  2: 'U8',
  3: 'I8',
  4: 'U16',
  5: 'I16',
  6: 'I32',
  7: 'I64',
  9: 'BOOL',
  10: 'F16',
  11: 'F64',
  12: 'U32',
  13: 'U64',
  16: 'BF16',
};

/** Which types int32_data holds, as varints of which the low bits count. */
const inInt32: ReadonlySet<Dtype> = new Set(['U8', 'I8', 'U16', 'I16', 'I32', 'BOOL', 'F16', 'BF16']);

/** TensorProto.DataLocation.EXTERNAL */
const EXTERNAL = 1;
const MAX_RANK = 32;

/** Reads a TensorProto but its values. Errors: `invalid-file`, `aborted`. */
export async function readTensor(file: WireFile, message: ByteRange, index: number): Promise<OnnxTensor> {
  let where = `initializer number ${index}`;
  let name = '';
  let type = 0;
  let location = 0;
  const shape: number[] = [];
  const found: Values[] = [];
  const pairs = new Map<string, string>();
  let count = 0;
  for await (const field of file.fields(message, where)) {
    if (field.number === 1) shape.push(...(await readExtents(file, field, shape.length, where)));
    else if (field.number === 2) type = numberOf(field, where);
    else if (field.number === 8) name = await file.text(field, where);
    else if (field.number === 14) location = numberOf(field, where);
    else if (field.number === 13) {
      if (++count > MAX_EXTERNAL_ENTRIES) {
        throw damaged(`There are more than ${MAX_EXTERNAL_ENTRIES} external data entries`, where);
      }
      pairs.set(...(await readPair(file, field, where)));
    } else if (found[0]?.kind !== 'int64') found.push(...valuesOf(field, where));
  }
  where = initializerNamed(name);
  if (location === EXTERNAL) found.push({ kind: 'external', external: externalRange(pairs, where) });
  if (found.length > 1) throw damaged('The values are given in more than one piece', where);
  return { name, shape, dtype: dtypes[type], values: found[0] ?? { kind: 'none' } };
}

/** float_data = 4, int32_data = 5, int64_data = 7, raw_data = 9, double_data = 10, uint64_data = 11 */
function valuesOf(field: Field, where: string): Values[] {
  const { number } = field;
  if (number === 4) return [{ kind: 'run', run: runOf(field, 4, where) }];
  if (number === 10) return [{ kind: 'run', run: runOf(field, 8, where) }];
  if (number === 9) return [{ kind: 'raw', range: rangeOf(field, where) }];
  if (number === 5) return [{ kind: 'varints', range: rangeOf(field, where) }];
  if (number !== 7 && number !== 11) return [];
  return [field.kind === 'bytes' ? { kind: 'int64', range: field.range } : { kind: 'int64' }];
}

async function readExtents(file: WireFile, field: Field, already: number, where: string): Promise<number[]> {
  const extents = await file.varints(field, MAX_RANK, where);
  const wrong = extents.find((extent) => !Number.isSafeInteger(extent) || extent < 0);
  if (wrong !== undefined) throw damaged(`The extent ${wrong} is not a size`, where);
  if (already + extents.length > MAX_RANK) throw damaged(`There are more than ${MAX_RANK} dimensions`, where);
  return extents;
}

/**
 * A tensor whose values can be read; undefined when they are no numbers, or integers of 64 bits that are not raw.
 * Errors: `invalid-file` when there are not as many as the shape says, `invalid-input` when the file that has them is missing.
 */
export async function openTensor(
  { name, shape, dtype, values }: OnnxTensor,
  { source }: WireFile,
  locate: Locate,
): Promise<CheckpointTensor | undefined> {
  if (dtype === undefined || values.kind === 'int64') return undefined;
  const where = initializerNamed(name);
  const width = dtypeBytes[dtype];
  const facts = { source, dtype, shape, where };
  switch (values.kind) {
    case 'none':
      return runTensor(facts, { width, offset: 0, count: 0, stride: width });
    case 'raw':
      return runTensor(facts, packedRun(values.range, width));
    case 'run':
      if (values.run.width === 8 ? dtype !== 'F64' : dtype !== 'F32') {
        throw damaged(`${values.run.width === 8 ? 'double_data' : 'float_data'} cannot hold ${dtype}`, where);
      }
      return runTensor(facts, values.run);
    case 'varints':
      if (!inInt32.has(dtype)) throw damaged(`int32_data cannot hold ${dtype}`, where);
      return varintTensor(facts, values.range);
    case 'external': {
      const located = await locate(values.external, where);
      return runTensor({ ...facts, source: located.source }, packedRun(located.range, width));
    }
  }
}

/** The `where` of an error about one initializer. */
export function initializerNamed(name: string): string {
  return `initializer ${JSON.stringify(name.slice(0, 100))}`;
}
