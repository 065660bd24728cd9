// A step of training by one of our backends, each time a line arrives. First line: { graph, batch }.
import { load } from '../memory/built.mjs';
import { answer } from './answer.mjs';

const [, , id] = process.argv;
const { seededWeights, trainingGraph, trainingInputs } = await load('core');
const provider =
  id === 'onnx-node'
    ? (await load('backend-onnx')).onnxNodeProvider()
    : (await load('backend-tfjs')).tfjsProvider({ engine: 'node' });

await answer(async ({ graph, batch }) => {
  const backend = await provider.create();
  const training = trainingGraph(graph);
  const optimiser = { rule: { kind: 'sgd', momentum: 0.9, weightDecay: 5e-4 } };
  const trainer = await backend.compileTraining(training, seededWeights(graph, 1), { optimiser });
  const [{ shape }] = graph.inputs;
  const size = shape.reduce((/** @type {number} */ product, /** @type {number} */ extent) => product * extent, batch);
  const images = { shape: [batch, ...shape], data: Float32Array.from({ length: size }, (_, i) => Math.sin(i)) };
  const labels = Array.from({ length: batch }, (_, n) => n % 10);
  let step = 0;
  return async () => {
    const inputs = trainingInputs(training, { images, labels }, { seed: 1, step: step++ });
    await trainer.step(inputs, { learningRate: 1e-4 });
  };
});
