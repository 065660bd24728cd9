import type { ByteSource, Shape } from '@alexnet/core';
import {
  type CheckpointLayer,
  type CheckpointOp,
  type CheckpointReader,
  type CheckpointTensor,
  torchLayout,
} from '../checkpoint-file.ts';
import { damaged } from '../damaged.ts';
import { rangeOf, wireFile } from '../wire.ts';
import { blobTensor } from './blob.ts';
import { type CaffeLayer, currentFields, layerNamed, readLayer, v1Fields } from './read-layer.ts';

/** NetParameter: name = 1, layers = 2 (V1LayerParameter), layer = 100 (LayerParameter). */
const NAME = 1;
const LAYERS_V1 = 2;
const LAYER = 100;
const MAX_LAYERS = 100_000;

/**
 * Opens a .caffemodel (BVLC/caffe src/caffe/proto/caffe.proto): tensors `conv1.weight` and `conv1.bias` under the layers' own names, blobs of
 * layers of other types as `bn1.blob0`. Where the first convolution sees three channels, they are blue, green and red, as Caffe has images.
 * Errors: `invalid-file`, `unsupported` for layers of the first version and blobs of forks, `aborted`.
 */
export const openCaffe: CheckpointReader = async (source, context = {}) => {
  const file = wireFile(source, context);
  const tensors = new Map<string, CheckpointTensor>();
  const layers: CheckpointLayer[] = [];
  const ops: CheckpointOp[] = [];
  let name = '';
  let count = 0;
  for await (const field of file.fields({ offset: 0, length: source.size }, 'network')) {
    if (field.number === NAME) name = await file.text(field, 'network');
    if (field.number !== LAYER && field.number !== LAYERS_V1) continue;
    const fields = field.number === LAYER ? currentFields : v1Fields;
    const layer = await readLayer(file, rangeOf(field, 'network'), fields, count);
    if (++count > MAX_LAYERS) throw damaged(`There are more than ${MAX_LAYERS} layers`, 'network');
    for (const [tensorName, tensor] of tensorsOf(layer, source)) {
      if (tensors.has(tensorName)) throw damaged('The tensor is there twice', layerNamed(layer.name));
      tensors.set(tensorName, tensor);
    }
    if (layer.op !== undefined) ops.push(layer.op);
    const described = describe(layer);
    if (described !== undefined) layers.push(described);
  }
  if (count === 0) throw damaged('The network has no layers', 'network');

  const first = tensors.get(layers.find(({ op }) => op === 'conv2d')?.weight ?? '');
  const channels = first?.shape.length === 4 && first.shape[1] === 3 ? { channels: 'BGR' } : {};
  const metadata = { ...(name === '' ? {} : { name }), ...channels };
  return { format: 'caffe', tensors, layout: torchLayout, layers, ops, metadata, others: [] };
};

const partNames = ['weight', 'bias'];

/** A layer's tensors by name. */
function tensorsOf(layer: CaffeLayer, source: ByteSource): [string, CheckpointTensor][] {
  return layer.blobs.map((blob, index) => {
    const part = (layer.kind === 'other' ? undefined : partNames[index]) ?? `blob${index}`;
    const shape = plainShape(blob.shape, rankOf(layer, part));
    return [`${layer.name}.${part}`, blobTensor(source, blob, shape, `${layerNamed(layer.name)}, blob ${index}`)];
  });
}

/** How many extents a tensor has; undefined where that is not known. */
function rankOf({ kind }: CaffeLayer, part: string): number | undefined {
  if (part === 'bias') return 1;
  return part === 'weight' && kind === 'linear' ? 2 : undefined;
}

/** Old files give every blob four extents, the first of which are 1 where there are fewer. */
function plainShape(shape: Shape, rank: number | undefined): Shape {
  const extra = rank === undefined ? 0 : shape.length - rank;
  return extra > 0 && shape.slice(0, extra).every((extent) => extent === 1) ? shape.slice(extra) : shape;
}

function describe({ name, kind, blobs, groups, transposed }: CaffeLayer): CheckpointLayer | undefined {
  if (kind === 'other' || blobs.length === 0) return undefined;
  return {
    name,
    op: kind,
    weight: `${name}.weight`,
    ...(blobs.length > 1 ? { bias: `${name}.bias` } : {}),
    ...(kind === 'linear' && transposed ? { layout: { linear: 'IO' as const } } : {}),
    ...(kind === 'conv2d' && groups !== undefined ? { groups } : {}),
  };
}
