import { AlexNetError, type Dtype, memorySource, type Shape, sizeOf } from '@alexnet/core';
import { openTensor, readTensor } from '../onnx/tensor-fields.ts';
import { wireFile } from '../wire.ts';

/** A tensor in a file of its own, as ONNX's tests have their inputs and outputs. */
export interface OnnxValue {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: Shape;
  /** Little-endian, row-major. */
  readonly data: Uint8Array;
}

/**
 * Reads one TensorProto (`input_0.pb`). Errors: `invalid-file`; `unsupported` for texts, complex numbers, those of 4 bits, and
 * values in other files.
 */
export async function readOnnxValue(bytes: Uint8Array, name = 'tensor'): Promise<OnnxValue> {
  const file = wireFile(memorySource(bytes, name));
  const described = await readTensor(file, { offset: 0, length: bytes.length }, 0);
  const opened = await openTensor(described, file, async () => {
    throw unsupported(name, 'has its values in another file');
  });
  if (opened === undefined) throw unsupported(name, 'holds no numbers that can be read');
  const { dtype, shape, read } = opened;
  return { name: described.name, dtype, shape, data: await read(0, sizeOf(shape)) };
}

function unsupported(name: string, what: string): AlexNetError {
  return new AlexNetError({ code: 'unsupported', message: `The tensor in ${name} ${what}`, where: name });
}
