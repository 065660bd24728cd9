import { type Dtype, dtypeBytes, type ReadOptions, type Shape, sizeOf } from '@alexnet/core';
import type { CheckpointTensor } from '../checkpoint-file.ts';
import type { Locate } from '../onnx/external-files.ts';
import { initializerNamed, type OnnxTensor, openTensor } from '../onnx/tensor-fields.ts';
import type { WireFile } from '../wire.ts';
import type { OnnxValue } from './read-onnx-value.ts';
import { refuse } from './refusal.ts';

/** A tensor that does not depend on what a model is run on, and whose values are read when somebody asks. */
export interface Constant {
  readonly shape: Shape;
  /** Undefined for what holds no numbers. */
  readonly dtype: Dtype | undefined;
  /** Errors: `invalid-file`, `aborted`. */
  floats(): Promise<Float32Array>;
  /** Of shapes, axes and flags: at most `MAX_INTEGERS`. Errors: as above. */
  integers(): Promise<readonly number[]>;
}

/** Shapes and padding have few numbers. */
const MAX_INTEGERS = 64;

/** A tensor of the file. Errors: `invalid-file`; `invalid-input` where it is in another file that is missing. */
export async function storedConstant(
  tensor: OnnxTensor,
  file: WireFile,
  locate: Locate,
  options: ReadOptions,
): Promise<Constant> {
  const { shape, dtype, values, name } = tensor;
  const opened = await openTensor(tensor, file, locate);
  if (opened !== undefined) return openedConstant(opened, options);
  return {
    shape,
    dtype,
    floats: async () => refuse('a tensor of integers or texts stands where numbers should be'),
    async integers() {
      if (values.kind !== 'int64' || values.range === undefined)
        return refuse('a shape or list is no list of integers');
      const field = { kind: 'bytes', number: 7, range: values.range } as const;
      return file.varints(field, MAX_INTEGERS, initializerNamed(name));
    },
  };
}

function openedConstant({ dtype, shape, read }: CheckpointTensor, options: ReadOptions): Constant {
  return bytesConstant(dtype, shape, () => read(0, sizeOf(shape), options));
}

/** A value that the caller gives for an input of the model. */
export function givenConstant({ dtype, shape, data }: OnnxValue): Constant {
  return bytesConstant(dtype, shape, async () => data);
}

/** What ConstantOfShape makes: the same value everywhere. */
export function filledConstant(shape: Shape, value: number): Constant {
  return {
    shape,
    dtype: 'F32',
    floats: async () => new Float32Array(sizeOf(shape)).fill(value),
    integers: async () => refuse('a shape or list is no list of integers'),
  };
}

function bytesConstant(dtype: Dtype, shape: Shape, bytes: () => Promise<Uint8Array>): Constant {
  return {
    dtype,
    shape,
    async floats() {
      if (dtype !== 'F32') refuse(`weights are ${dtype}; ours are read as F32`);
      return new Float32Array(new Uint8Array(await bytes()).buffer);
    },
    async integers() {
      const width = dtypeBytes[dtype];
      if (!isInteger(dtype) || sizeOf(shape) > MAX_INTEGERS) refuse('a shape or list is no list of integers');
      const data = await bytes();
      const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
      return Array.from({ length: sizeOf(shape) }, (_, i) => readInteger(view, i * width, dtype));
    },
  };
}

type Integer = 'BOOL' | 'I32' | 'I64';

function isInteger(dtype: Dtype): dtype is Integer {
  return dtype === 'BOOL' || dtype === 'I32' || dtype === 'I64';
}

function readInteger(view: DataView, at: number, dtype: Dtype): number {
  if (dtype === 'BOOL') return view.getUint8(at);
  return dtype === 'I32' ? view.getInt32(at, true) : Number(view.getBigInt64(at, true));
}
