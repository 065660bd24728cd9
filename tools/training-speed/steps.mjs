import { load } from '../memory/built.mjs';

/**
 * Steps of SGD with momentum and weight decay on generated images, by one of our backends. Each call takes one.
 * @param {any} provider
 * @param {any} graph
 * @param {number} batch
 */
export async function stepsOf(provider, graph, batch) {
  const { seededWeights, trainingGraph, trainingInputs } = await load('core');
  const backend = await provider.create();
  const training = trainingGraph(graph);
  const optimiser = { rule: { kind: 'sgd', momentum: 0.9, weightDecay: 5e-4 } };
  const trainer = await backend.compileTraining(training, seededWeights(graph, 1), { optimiser });
  const [{ shape }] = graph.inputs;
  const size = shape.reduce((/** @type {number} */ product, /** @type {number} */ extent) => product * extent, batch);
  const images = { shape: [batch, ...shape], data: Float32Array.from({ length: size }, (_, i) => Math.sin(i)) };
  const labels = Array.from({ length: batch }, (_, n) => n % 10);
  let step = 0;
  return {
    async step() {
      const inputs = trainingInputs(training, { images, labels }, { seed: 1, step: step++ });
      await trainer.step(inputs, { learningRate: 1e-4 });
    },
    async end() {
      await trainer[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
    },
  };
}
