import { tfjsProvider } from '@alexnet/backend-tfjs';
import {
  AlexNetError,
  type Backend,
  buildGraph,
  evaluate,
  type Program,
  seededWeights,
  sizeOf,
  type Tensor,
} from '@alexnet/core';
import * as tf from '@tensorflow/tfjs-core';

/*
 * What all scenarios share: a network with every op of AlexNet, tiny because software computes.
 */

/** The engines that hold a device. */
export type DeviceEngine = 'webgl' | 'webgpu';

const graph = buildGraph('tiny', { name: 'input', shape: [6, 13, 11] })
  .conv2d('conv', 8, 3, { groups: 2, stride: 2, pads: { left: 1, bottom: 2 } })
  .relu('relu')
  .lrn('norm', { size: 5, alpha: 0.5, beta: 0.75, bias: 2 })
  .maxPool2d('pool', 3, { stride: 2, ceilMode: true })
  .flatten('flat')
  .linear('fc', 10)
  .softmax('prob')
  .build();
const weights = seededWeights(graph, 7);
const shape = [2, 6, 13, 11];
const input: Tensor = {
  shape,
  data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => (((i * 7919) % 1009) - 504) / 504),
};
const want = evaluate(graph, weights, { input }).get('prob')!;

export const create = (engine: DeviceEngine | 'wasm') =>
  tfjsProvider({ engine, wasmPath: '/tfjs/' }).create({ threads: 2 });

export const compile = (backend: Backend) => backend.compile(graph, weights);

export const run = (program: Program) => program.run({ input });

/** The largest difference of one run to the oracle. */
export async function errorOf(program: Program): Promise<number> {
  const { prob } = await run(program);
  return want.data.reduce((worst, value, i) => Math.max(worst, Math.abs(value - prob!.data[i]!)), 0);
}

/** The largest difference on a backend, with a program of its own. */
export async function errorOn(backend: Backend): Promise<number> {
  await using program = await compile(backend);
  return await errorOf(program);
}

/** How work ended: `done`, the code of its error, or `never` after two seconds. */
export function endOf(work: Promise<unknown>): Promise<string> {
  const late = new Promise<string>((resolve) => setTimeout(resolve, 2000, 'never'));
  const ended = work.then(
    () => 'done',
    (error: unknown) => (error instanceof AlexNetError ? error.code : String(error)),
  );
  return Promise.race([ended, late]);
}

/** What tfjs counts of all tensors, whichever backend is active. */
export function memory() {
  const { numTensors, numDataBuffers, numBytes } = tf.memory();
  return { numTensors, numDataBuffers, numBytes };
}
