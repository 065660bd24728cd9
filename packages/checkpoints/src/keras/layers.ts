import type { Shape } from '@alexnet/core';
import type { CheckpointLayer } from '../checkpoint-file.ts';
import type { LayerConfig } from './layer-config.ts';

/*
 * Layers of Keras and of TensorFlow.js, from the names of their weights: `conv1/kernel`, `conv1/bias`, `bn1/gamma`, `bn1/beta`,
 * `bn1/moving_mean`, `bn1/moving_variance`.
 */

type Shaped = ReadonlyMap<string, { readonly shape: Shape }>;

const ops: Readonly<Record<string, CheckpointLayer['op']>> = {
  Conv2D: 'conv2d',
  Dense: 'linear',
  BatchNormalization: 'batchNorm',
};

/** The layers that have weights, in the order of the model's description or, without one, of the names that are given. */
export function layersOf(
  tensors: Shaped,
  names: Iterable<string>,
  configs: readonly LayerConfig[] | undefined,
): readonly CheckpointLayer[] {
  if (configs === undefined) return [...new Set(names)].flatMap((name) => layerOf(tensors, name) ?? []);
  return configs.flatMap((config) => layerOf(tensors, config.name, config) ?? []);
}

function layerOf(tensors: Shaped, name: string, config?: LayerConfig): CheckpointLayer | undefined {
  const tensor = (leaf: string) => (tensors.has(`${name}/${leaf}`) ? `${name}/${leaf}` : undefined);
  const [kernel, mean, variance] = [tensor('kernel'), tensor('moving_mean'), tensor('moving_variance')];
  const op = config === undefined ? opOf(kernel && tensors.get(kernel)?.shape, mean) : ops[config.className];
  if (op === 'batchNorm') {
    if (mean === undefined || variance === undefined) return undefined;
    const [weight, bias] = [tensor('gamma'), tensor('beta')];
    return { name, op, mean, variance, ...present({ weight, bias, epsilon: config?.epsilon }) };
  }
  if (op === undefined || kernel === undefined) return undefined;
  return { name, op, weight: kernel, ...present({ bias: tensor('bias'), groups: config?.groups }) };
}

/** By the shape of the kernel where nothing else tells. */
function opOf(kernel: Shape | undefined | '', mean: string | undefined): CheckpointLayer['op'] | undefined {
  if (mean !== undefined) return 'batchNorm';
  if (!kernel) return undefined;
  return kernel.length === 4 ? 'conv2d' : kernel.length === 2 ? 'linear' : undefined;
}

/** Without what is undefined. */
function present<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
