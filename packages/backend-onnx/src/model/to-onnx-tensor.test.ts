import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { bytesOf, encodeModel } from './onnx.ts';
import { bytes, concatenate, nested } from './protobuf.ts';
import { toOnnxTensor } from './to-onnx-tensor.ts';

describe('a tensor in a file of its own', () => {
  const data = Float32Array.of(1, -0, Number.NaN, 1e-40, Number.NEGATIVE_INFINITY, 3);

  it('has dimensions, type, name and raw values, in this order', () => {
    const head = [0x08, 2, 0x08, 3, 0x10, 1, 0x42, 1, 0x78];
    const values = concatenate(bytes(9, bytesOf(data)));
    expect([...toOnnxTensor('x', { shape: [2, 3], data })]).toEqual([...head, ...values]);
  });

  it('is what ONNX Runtime reads as an initializer', async () => {
    const tensor = toOnnxTensor('c', { shape: [2, 3], data });
    const model = encodeModel({
      name: 'add',
      nodes: [{ op: 'Add', name: 'y', inputs: ['x', 'c'], output: 'y' }],
      initializers: [],
      inputs: [{ name: 'x', shape: [3] }],
      outputs: [{ name: 'y', shape: [3] }],
    });
    // fields of a message that is there twice are joined: the graph gets the tensor as a further initializer
    const more = nested(7, bytes(5, tensor));
    const session = await InferenceSession.create(
      concatenate({ length: model.length + more.length, chunks: [...model.chunks, ...more.chunks] }),
    );
    const x = new Tensor('float32', new Float32Array(6), [2, 3]);
    const { y } = await session.run({ x });
    expect([...(y!.data as Float32Array)].map((value) => value + 0)).toEqual([...data].map((value) => value + 0));
    await session.release();
  });

  it('must have as many values as its shape says', () => {
    expect(() => toOnnxTensor('x', { shape: [2, 2], data })).toThrow(/needs 4 values but got 6/);
  });
});
