// A step of training by one of our backends, each time a line arrives. First line: { graph, batch }.
import { load } from '../memory/built.mjs';
import { answer } from './answer.mjs';
import { stepsOf } from './steps.mjs';

const [, , id] = process.argv;
const provider =
  id === 'onnx-node'
    ? (await load('backend-onnx')).onnxNodeProvider()
    : (await load('backend-tfjs')).tfjsProvider({ engine: 'node' });

await answer(async ({ graph, batch }) => (await stepsOf(provider, graph, batch)).step);
