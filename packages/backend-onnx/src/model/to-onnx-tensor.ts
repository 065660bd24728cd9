import { type Tensor, tensor } from '@alexnet/core';
import { bytesOf, encodeTensor } from './onnx.ts';
import { concatenate } from './protobuf.ts';

/**
 * A tensor as a TensorProto of float32, in a file of its own: the form of `input_0.pb` and `output_0.pb` in ONNX's backend tests.
 * Errors: `invalid-input` when the values are not as many as the shape says.
 */
export function toOnnxTensor(name: string, { shape, data }: Tensor): Uint8Array {
  tensor(shape, data);
  return concatenate(encodeTensor({ name, shape, type: 'float32', data: bytesOf(data) }));
}
