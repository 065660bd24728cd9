import { memorySource } from '@alexnet/core';
import { type Attributes, externalTensor, model, node, tensor } from '../onnx/onnx-bytes.ts';
import { openOnnx } from '../onnx/open-onnx.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { bytes, float, le, packedVarints } from './proto-bytes.ts';
import { readAll } from './read-all.ts';

const floats = (name: string, dims: readonly number[], count: number) =>
  tensor({ name, dims, more: [bytes(9, le(Float32Array.from({ length: count }, (_, i) => i / 8)))] });
const value = floats('', [3], 3);
const nBits: Attributes = { N: 2, K: 40, bits: 4, block_size: 32 };

/** Tensors of every kind of storage, and nodes of every op that is looked at. */
const plain = model(
  [
    floats('w', [2, 3], 6),
    tensor({ name: 'k', dims: [2, 1, 1, 1], more: [float(4, 1), float(4, 2)] }),
    tensor({ name: 'h', dims: [3], type: 10, more: [packedVarints(5, [1, 300, 65535])] }),
    externalTensor({ location: 'w.bin', offset: '4', length: '24' }),
  ].map((item, i) => (i === 3 ? new Uint8Array([...item, 0x42, 1, 0x65]) : item)), // named e
  [
    node('Constant', [], { value }, 'c'),
    node('Conv', ['x', 'k', 'c'], { group: 1 }, 'y1'),
    node('Identity', ['w'], {}, 'i'),
    node('Gemm', ['y1', 'i', 'c'], { transB: 0, alpha: 1, beta: 1 }, 'y2'),
    node('BatchNormalization', ['y2', 'c', 'c', 'c', 'c'], { epsilon: 0.25 }, 'y3'),
    node('MatMul', ['y3', 'w'], {}, 'y4'),
    node('Add', ['y4', 'c'], {}, 'y5'),
  ],
  ['y5'],
);

const quantised = model(
  [
    tensor({ name: 'q', dims: [2, 3], type: 3, more: [bytes(9, new Uint8Array(6).fill(7))] }),
    floats('s', [2], 2),
    tensor({ name: 'B', dims: [2, 2, 16], type: 2, more: [bytes(9, new Uint8Array(64).fill(0x79))] }),
    floats('S', [4], 4),
  ],
  [
    node('DequantizeLinear', ['q', 's'], { axis: 0 }, 'w'),
    node('Gemm', ['x', 'w'], { transB: 1 }, 'y1'),
    node('MatMulNBits', ['y1', 'B', 'S'], nBits, 'y2'),
  ],
  ['y2'],
);

/** ONNX models, with a file beside them. */
export const fuzzOnnx: FuzzTarget = {
  name: 'onnx',
  corpus: async () => [plain, quantised],
  async read(file) {
    const sibling = async (path: string) => (path === 'w.bin' ? memorySource(new Uint8Array(40), path) : undefined);
    return readAll(await openOnnx(memorySource(file), { sibling }));
  },
};
