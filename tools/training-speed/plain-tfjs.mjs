// A step of training in plain tfjs-node, as its users write it: tf.layers and trainOnBatch. First line: { graph, batch }.
import { createRequire } from 'node:module';
import { answer } from './answer.mjs';

const requireFrom = createRequire(new URL('../../packages/backend-tfjs/package.json', import.meta.url));

/**
 * The layers of one node.
 * @param {any} tf
 * @param {any} node
 * @param {readonly number[]} weight shape of its weight
 */
function layersOf(tf, node, weight) {
  const { layers } = tf;
  switch (node.op) {
    case 'conv2d': {
      if (node.groups !== 1) throw new Error('tf.layers has no grouped convolution');
      const [filters, , ...kernelSize] = weight;
      const { top, left, bottom, right } = node.pads;
      const centred = 2 * top + 1 === kernelSize[0] && 2 * left + 1 === kernelSize[1];
      const same = centred && bottom === top && right === left && String(node.stride) === '1,1';
      const convolution = { filters, kernelSize, strides: node.stride };
      if (same) return [layers.conv2d({ ...convolution, padding: 'same' })];
      return [...paddingOf(tf, node), layers.conv2d(convolution)];
    }
    case 'pad2d':
      return paddingOf(tf, node);
    case 'maxPool2d':
      return [
        layers.maxPooling2d({
          poolSize: node.kernel,
          strides: node.stride,
          padding: node.ceilMode ? 'same' : 'valid',
        }),
      ];
    case 'relu':
      return [layers.reLU()];
    case 'batchNorm':
      return [layers.batchNormalization({ epsilon: node.epsilon })];
    case 'flatten':
      return [layers.flatten()];
    case 'dropout':
      return [layers.dropout({ rate: node.rate })];
    case 'linear':
      return [layers.dense({ units: weight[0] })];
    case 'softmax':
      return [layers.softmax()];
    default:
      throw new Error(`tf.layers has no ${node.op}`);
  }
}

/** @param {any} tf @param {any} node */
function paddingOf({ layers }, { pads }) {
  const { top, left, bottom, right } = pads;
  if (top + left + bottom + right === 0) return [];
  const padding = [
    [top, bottom],
    [left, right],
  ];
  return [layers.zeroPadding2d({ padding })];
}

await answer(async ({ graph, batch }) => {
  const tf = requireFrom('@tensorflow/tfjs-node');
  const [{ shape }] = graph.inputs;
  const [channels, height, width] = shape;
  const weights = new Map(graph.parameters.map((/** @type {any} */ parameter) => [parameter.name, parameter.shape]));
  const model = tf.sequential();
  model.add(tf.layers.inputLayer({ inputShape: [height, width, channels] }));
  for (const node of graph.nodes) {
    for (const layer of layersOf(tf, node, weights.get(node.weight) ?? [])) model.add(layer);
  }
  model.compile({ optimizer: tf.train.momentum(1e-4, 0.9), loss: 'categoricalCrossentropy' });
  const classes = model.outputs[0].shape[1];
  const images = tf.randomNormal([batch, height, width, channels]);
  const labels = tf.oneHot(tf.range(0, batch, 1, 'int32').mod(tf.scalar(10, 'int32')), classes);
  return async () => {
    await model.trainOnBatch(images, labels);
  };
});
