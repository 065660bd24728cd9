import type { Json } from '@alexnet/core';
import type { CheckpointOp } from '../checkpoint-file.ts';
import { at, listOf, stringAt } from '../json/parse-json.ts';
import type { LayerConfig } from './layer-config.ts';

/** Layers that compute nothing that has a name among ours. */
const silent = new Set(['InputLayer', 'Flatten', 'Reshape', 'Dropout', 'SpatialDropout2D', 'Softmax', 'ZeroPadding2D']);

/** The steps that a description tells; undefined where it has layers that say nothing of themselves, such as Lambda. */
export function opsOf(configs: readonly LayerConfig[]): readonly CheckpointOp[] | undefined {
  const ops = configs.map((layer, i) => stepsOf(layer, configs[i - 1]));
  return ops.includes(undefined) ? undefined : ops.flatMap((steps) => steps ?? []);
}

function stepsOf({ className, config }: LayerConfig, before: LayerConfig | undefined): CheckpointOp[] | undefined {
  const activation = stringAt(config, 'activation') ?? 'linear';
  const relu: CheckpointOp[] = activation === 'relu' ? [{ op: 'relu' }] : [];
  switch (className) {
    case 'Conv2D':
      return [{ op: 'conv2d', ...windowOf(config, 'kernel_size', paddingOf(before)) }, ...relu];
    case 'MaxPooling2D':
    case 'MaxPool2D':
      return [
        { op: 'maxPool2d', ...windowOf(config, 'pool_size', before?.className === 'ZeroPadding2D' ? undefined : NONE) },
      ];
    case 'Dense':
      return [{ op: 'linear' }, ...relu];
    case 'BatchNormalization':
      return [{ op: 'batchNorm' }];
    case 'ReLU':
      return [{ op: 'relu' }];
    case 'Activation':
      return relu;
    default:
      return silent.has(className) ? [] : undefined;
  }
}

type Four = readonly [number, number, number, number];
const NONE: Four = [0, 0, 0, 0];

/** Pads of a layer of zeros: top, left, bottom, right. */
function paddingOf(layer: LayerConfig | undefined): Four | undefined {
  if (layer?.className !== 'ZeroPadding2D') return NONE;
  const [rows, columns] = listOf(at(layer.config, 'padding')).map(pairOf);
  return rows && columns && [rows[0], columns[0], rows[1], columns[1]];
}

/** Kernel, stride and pads. `outside`: those that a layer before has put there already. */
function windowOf(config: Json, size: string, outside: Four | undefined): Omit<CheckpointOp, 'op'> {
  const kernel = pairOf(at(config, size));
  const stride = pairOf(at(config, 'strides')) ?? kernel;
  const isValid = stringAt(config, 'padding') === 'valid';
  const pads = isValid ? outside : outside === NONE ? samePads(kernel, stride) : undefined;
  return { ...(kernel && { kernel }), ...(stride && { stride }), ...(pads && { pads }) };
}

/** The pads of TensorFlow's SAME where they do not depend on the size of the image: a stride of 1 and an odd kernel. */
export function samePads(kernel: Pair | undefined, stride: Pair | undefined): Four | undefined {
  if (kernel === undefined || stride?.join() !== '1,1' || kernel.some((extent) => extent % 2 === 0)) return undefined;
  const [y, x] = [(kernel[0] - 1) / 2, (kernel[1] - 1) / 2];
  return [y, x, y, x];
}

type Pair = readonly [number, number];

function pairOf(value: Json | undefined): Pair | undefined {
  const [first, second, ...more] = listOf(value);
  const isPair = typeof first === 'number' && typeof second === 'number' && more.length === 0;
  return isPair ? [first, second] : undefined;
}
