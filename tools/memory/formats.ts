import { toOnnx } from '../../packages/backend-onnx/src/model/to-onnx.ts';
import { toTfjs } from '../../packages/backend-tfjs/src/export/to-tfjs.ts';
import { toHwio, toInOut } from '../../packages/checkpoints/src/numpy/to-tensorflow.ts';
import { writeNpy } from '../../packages/checkpoints/src/numpy/write-npy.ts';
import { layer, layerV1, legacyShape, shape } from '../../packages/checkpoints/src/testing/caffe-bytes.ts';
import { bytes, message } from '../../packages/checkpoints/src/testing/proto-bytes.ts';
import { legacyPth, orderedDict, tensorPickle, zipPth } from '../../packages/checkpoints/src/testing/pth-bytes.ts';
import { type Hdf5Spec, writeHdf5 } from '../../packages/checkpoints/src/testing/write-hdf5.ts';
import { concatBytes, type Graph, type Tensor, type Weights, writeSafetensors } from '../../packages/core/src/index.ts';

/*
 * Full-size checkpoints of every format, written without the frameworks that wrote the published ones: by our own writers where there are
 * any, else by what the readers' tests build their small files with.
 */

export interface FormatCase {
  readonly file: string;
  readonly variant: string;
  write(graph: Graph, weights: Weights): Written | Promise<Written>;
}

/** The chunks of the file, and of files beside it. */
export interface Written {
  readonly chunks: Iterable<Uint8Array>;
  readonly beside?: Iterable<{ readonly name: string; readonly data: Uint8Array }>;
}

const raw = ({ data }: Tensor) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

export const cases: readonly FormatCase[] = [
  {
    file: 'safetensors.safetensors',
    variant: 'torchvision',
    write: (_graph, weights) => ({ chunks: writeSafetensors(weights, { metadata: { variant: 'torchvision' } }) }),
  },
  { file: 'onnx.onnx', variant: 'torchvision', write: (graph, weights) => ({ chunks: toOnnx(graph, weights) }) },
  { file: 'pytorch.pth', variant: 'torchvision', write: (_graph, weights) => ({ chunks: [pth(weights, 'zip')] }) },
  { file: 'legacy.pth', variant: 'torchvision', write: (_graph, weights) => ({ chunks: [pth(weights, 'legacy')] }) },
  { file: 'numpy.npy', variant: 'bvlc-alexnet', write: (graph, weights) => ({ chunks: writeNpy(graph, weights) }) },
  {
    file: 'caffe.caffemodel',
    variant: 'bvlc-alexnet',
    write: (_graph, weights) => ({ chunks: caffemodel(weights, layer) }),
  },
  {
    file: 'caffe-v1.caffemodel',
    variant: 'bvlc-alexnet',
    write: (_graph, weights) => ({ chunks: caffemodel(weights, layerV1) }),
  },
  {
    file: 'keras.weights.h5',
    variant: 'textbook',
    write: async (_graph, weights) => ({ chunks: [await writeHdf5(kerasLayers(weights))] }),
  },
  {
    file: 'tfjs.json',
    variant: 'bvlc-alexnet',
    write(graph, weights) {
      const { model, shards } = toTfjs(graph, weights, { group: 'tfjs', metadata: { variant: 'bvlc-alexnet' } });
      return { chunks: [model], beside: shards };
    },
  },
  {
    file: 'compressed.net',
    variant: 'bvlc-alexnet',
    write: (_graph, weights) => ({ chunks: [deepCompression(weights)] }),
  },
];

/** As torchvision names them: two tensors a layer. */
function pth(weights: Weights, kind: 'zip' | 'legacy'): Uint8Array {
  const modules = [
    'features.0',
    'features.3',
    'features.6',
    'features.8',
    'features.10',
    'classifier.1',
    'classifier.4',
    'classifier.6',
  ];
  const entries = [...weights].map(([name, tensor], i) => ({
    key: String(i),
    name: `${modules[i >> 1]}.${name.split('.')[1]}`,
    tensor,
  }));
  const value = orderedDict(
    Object.fromEntries(
      entries.map(({ key, name, tensor }) => {
        const size = tensor.shape;
        const stride = size.map((_, axis) => size.slice(axis + 1).reduce((a, b) => a * b, 1));
        const view = kind === 'legacy' ? { view: new TextEncoder().encode('N') } : {};
        return [name, tensorPickle({ key, elements: tensor.data.length, size, stride, ...view })];
      }),
    ),
  );
  if (kind === 'zip') {
    return zipPth({ value, storages: Object.fromEntries(entries.map(({ key, tensor }) => [key, raw(tensor)])) });
  }
  return legacyPth({ value, storages: entries.map(({ key, tensor }) => [key, tensor.data.length, raw(tensor)]) });
}

/** One layer after the other, as it is written. */
function* caffemodel(weights: Weights, of: typeof layer): Generator<Uint8Array, void> {
  const isV1 = of === layerV1;
  yield message(bytes(1, 'AlexNet'));
  const names = [...new Set([...weights.keys()].map((name) => name.split('.')[0]!))];
  for (const name of names) {
    const blobs = ['weight', 'bias'].map((part) => {
      const tensor = weights.get(`${name}.${part}`)!;
      const extents = isV1
        ? legacyShape([...Array<number>(4 - tensor.shape.length).fill(1), ...tensor.shape])
        : [shape(tensor.shape)];
      return [...extents, bytes(5, raw(tensor))];
    });
    const isConv = name.startsWith('conv');
    const type = isV1 ? (isConv ? 4 : 14) : isConv ? 'Convolution' : 'InnerProduct';
    yield message(of({ name, type, blobs }));
  }
}

/** Groups `layers/conv2d_1/vars` of Keras 3. */
function kerasLayers(weights: Weights): Hdf5Spec {
  const layers: Record<string, Hdf5Spec> = {};
  const names = [...new Set([...weights.keys()].map((name) => name.split('.')[0]!))];
  for (const [i, name] of names.entries()) {
    const [weight, bias] = ['weight', 'bias'].map((part) => weights.get(`${name}.${part}`)!) as [Tensor, Tensor];
    const isConv = name.startsWith('conv');
    const index = isConv ? i : i - 5;
    const { shape: extents, chunks } = isConv
      ? toHwio(weight)
      : toInOut(weight, name === 'fc6' ? [256, 6, 6] : undefined);
    const data = new Float32Array(weight.data.length);
    let at = 0;
    for (const chunk of chunks) {
      data.set(chunk, at);
      at += chunk.length;
    }
    layers[`${isConv ? 'conv2d' : 'dense'}${index === 0 ? '' : `_${index}`}`] = {
      groups: { vars: { datasets: { '0': { shape: extents, data }, '1': { shape: bias.shape, data: bias.data } } } },
    };
  }
  return { groups: { layers: { groups: layers } } };
}

/** A tenth of the linear and four tenths of the convolution weights, by place: what is in it counts for nothing here. */
function deepCompression(weights: Weights): Uint8Array {
  const names = [...new Set([...weights.keys()].map((name) => name.split('.')[0]!))];
  const bodies = names.map((name) => {
    const isConv = name.startsWith('conv');
    const size = weights.get(`${name}.weight`)!.data.length;
    const step = isConv ? 2.5 : 10;
    const entries = Math.floor(size / step);
    const codes = Uint8Array.from({ length: entries }, (_, i) => 1 + (i % (isConv ? 255 : 15)));
    const places = Array.from({ length: entries }, (_, i) => Math.floor(i * step));
    const gaps = Uint8Array.from(places, (place, i) => place - (places[i - 1] ?? -1) - 1);
    const book = Float32Array.from({ length: isConv ? 256 : 16 }, (_, i) => i / 1000);
    const bias = raw(weights.get(`${name}.bias`)!);
    return { entries, data: [new Uint8Array(book.buffer), bias, isConv ? codes : nibbles(codes), nibbles(gaps)] };
  });
  const counts = Uint32Array.from(bodies, ({ entries }) => entries);
  return concatBytes([new Uint8Array(counts.buffer), ...bodies.flatMap(({ data }) => data)]);
}

function nibbles(values: Uint8Array): Uint8Array {
  const packed = new Uint8Array(Math.ceil(values.length / 2));
  for (const [i, value] of values.entries()) packed[i >> 1]! |= value << (4 * (i & 1));
  return packed;
}
