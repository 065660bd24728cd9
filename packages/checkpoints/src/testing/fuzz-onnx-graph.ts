import { graphInput, networkModel, node, tensor } from '../onnx/onnx-bytes.ts';
import { readOnnxGraph } from '../onnx-graph/read-onnx-graph.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { bytes, le } from './proto-bytes.ts';

const integers = (name: string, values: readonly number[]) =>
  tensor({ name, dims: [values.length], type: 7, more: [bytes(9, le(BigInt64Array.from(values, BigInt)))] });
const value = tensor({ name: '', dims: [1], more: [bytes(9, le(Float32Array.of(0.5)))] });
const window = { kernel_shape: [2, 3], strides: [2, 1], pads: [0, 1, 1, 0] };

/** Every operator that is ours, in one network of small images. */
const network = networkModel({
  opset: 13,
  inputs: [graphInput('x', ['N', 2, 6, 7])],
  initializers: [
    integers('conv.shape', [4, 1, 2, 3]),
    integers('four', [4]),
    integers('flat', [0, -1]),
    integers('pads', [0, 0, 1, 0, 0, 0, 0, 2]),
    tensor({ name: 'w', dims: [3, 4], more: [bytes(9, le(new Float32Array(12).fill(2)))] }),
  ],
  nodes: [
    node('ConstantOfShape', ['conv.shape'], { value }, 'k'),
    node('ConstantOfShape', ['four'], { value }, 'c'),
    node('Pad', ['x', 'pads'], { mode: 'constant' }, 'padded'),
    node('Conv', ['padded', 'k', 'c'], { group: 2, ...window }, 'y1'),
    node('Relu', ['y1'], {}, 'y2'),
    node('LRN', ['y2'], { size: 3, alpha: 0.5, beta: 0.75 }, 'y3'),
    node('BatchNormalization', ['y3', 'c', 'c', 'c', 'c'], { epsilon: 0.25 }, 'y4'),
    node('MaxPool', ['y4'], { kernel_shape: [2, 2], auto_pad: 'SAME_UPPER', ceil_mode: 1 }, 'y5'),
    node('AveragePool', ['y5'], { kernel_shape: [1, 1] }, 'y6'),
    node('GlobalAveragePool', ['y6'], {}, 'y7'),
    node('Reshape', ['y7', 'flat'], {}, 'y8'),
    node('Gemm', ['y8', 'w'], { transB: 1, alpha: 0.5 }, 'y9'),
    node('Dropout', ['y9'], { ratio: 0.5 }, 'y10'),
    node('Softmax', ['y10'], { axis: 1 }, 'y11'),
  ],
  outputs: ['y11'],
});

/** One that is refused by its operators, not for its bytes. */
const foreign = networkModel({
  opset: 9,
  inputs: [graphInput('x', [1, 5])],
  nodes: [node('Exp', ['x'], {}, 'a'), node('Relu', ['a'], {}, 'b')],
  outputs: ['b'],
});

/** ONNX models as whole graphs. */
export const fuzzOnnxGraph: FuzzTarget = {
  name: 'onnx-graph',
  corpus: async () => [network, foreign],
  read: (file) => readOnnxGraph(file),
};
