import {
  AlexNetError,
  type Backend,
  type BackendProvider,
  checkOutputs,
  checkWeights,
  inferShapes,
  throwIfAborted,
} from '@alexnet/core';
import { findTfjs, startTfjs, type TfjsEngine } from './engine.ts';
import { supported } from './lower.ts';
import { createProgram } from './program.ts';

const ID = 'tfjs-backend-webgpu';

/** TensorFlow.js on WebGPU as an expert writes AlexNet with it: NHWC, fused ops, weights converted once. A peer, not a backend of ours. */
export function tfjsPeer(): BackendProvider {
  return {
    id: ID,
    async probe() {
      const found = await findTfjs();
      if ('missing' in found) return { available: false, detail: found.missing, fix: found.fix };
      return { available: true, detail: `TensorFlow.js on WebGPU: ${found.adapter}` };
    },
    async create() {
      const found = await findTfjs();
      if ('missing' in found)
        throw new AlexNetError({ code: 'missing-dependency', message: found.missing, fix: found.fix });
      return createBackend(await startTfjs(found));
    },
  };
}

function createBackend(engine: TfjsEngine): Backend {
  const { tf, adapter, fallback } = engine;
  return {
    id: ID,
    environment: {
      engine: `@tensorflow/tfjs-backend-webgpu ${tf.version_core}`,
      device: `WebGPU: ${adapter}`,
      threads: 1,
      fallback,
      notes: fallback ? ['There is no GPU: a software adapter computes instead.'] : [],
    },
    capabilities: {
      ops: supported,
      precisions: ['f32'],
      profiling: false,
      strictNonFinite: false,
      deterministic: false, // fully connected layers add parts up with atomics, in any order
    },
    async compile(graph, weights, { outputs, precision = 'f32', signal } = {}) {
      throwIfAborted(signal, 'compile');
      if (precision !== 'f32')
        throw new AlexNetError({ code: 'unsupported', message: `${ID} stores weights as f32, not ${precision}` });
      inferShapes(graph);
      checkWeights(graph, weights);
      return createProgram(tf, { ...graph, outputs: checkOutputs(graph, outputs) }, weights);
    },
    // The engine is the module's one and only: nothing to give back but the programs' tensors.
    async [Symbol.asyncDispose]() {},
  };
}
