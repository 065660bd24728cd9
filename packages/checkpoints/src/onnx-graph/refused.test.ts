import { AlexNetError } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { graphInput, networkModel, node } from '../onnx/onnx-bytes.ts';
import { integers, type One, one } from '../testing/onnx-operator.ts';
import { readOnnxGraph } from './read-onnx-graph.ts';

describe('readOnnxGraph says why a model is none of ours:', () => {
  const kernel = { kernel_shape: [2, 2] };
  const named = (list: readonly number[]) => ({ others: ['s'], more: { initializers: [integers('s', list)] } });

  it.each<[string, One, RegExp]>([
    ['an operator that we lack', { op: 'Exp' }, /^Exp is none of our operators$/],
    [
      '1-D images',
      { op: 'MaxPool', shape: ['N', 2, 6], attributes: { kernel_shape: [2] } },
      /over 1 spatial dimensions/,
    ],
    ['dilation', { op: 'MaxPool', attributes: { ...kernel, dilations: [1, 2] } }, /with dilations/],
    ['padded averages', { op: 'AveragePool', attributes: { ...kernel, pads: [0, 1, 0, 0] } }, /with padding/],
    [
      'other windows',
      { op: 'AveragePool', attributes: { kernel_shape: [3, 3] } },
      /windows are not those of an adaptive one/,
    ],
    ['windows without end', { op: 'AveragePool', attributes: { ...kernel, strides: [0, 1] } }, /more windows/],
    [
      'a batch that comes last',
      { op: 'Gemm', shape: [3, 2], weights: { w: [3, 2] }, attributes: { transA: 1 } },
      /transposes its input/,
    ],
    [
      'a bias for each sample',
      { op: 'Gemm', shape: [4, 3], weights: { w: [3, 2], c: [4, 2] } },
      /differs between samples/,
    ],
    ['Softmax over images', { op: 'Softmax' }, /not flat/],
    ['Softmax over samples', { op: 'Softmax', shape: ['N', 7], attributes: { axis: 0 } }, /over samples/],
    ['Flatten across samples', { op: 'Flatten', attributes: { axis: 2 } }, /another axis than 1/],
    ['Reshape to images', { op: 'Reshape', ...named([0, 4, -1]) }, /something else than flat/],
    ['Reshape of unknown samples', { op: 'Reshape', ...named([4, 108]) }, /something else than flat/],
    ['Reshape to -1 twice', { op: 'Reshape', ...named([-1, -1]) }, /something else than flat/],
    ['Pad of channels', { op: 'Pad', ...named([0, 1, 0, 0, 0, 0, 0, 0]) }, /samples or channels/],
    ['Pad that cuts', { op: 'Pad', ...named([0, 0, -1, 0, 0, 0, 0, 0]) }, /that cuts/],
    ['Pad that mirrors', { op: 'Pad', ...named([0, 0, 1, 0, 0, 0, 0, 0]), attributes: { mode: 'reflect' } }, /mirrors/],
    [
      'training',
      { op: 'BatchNormalization', weights: { s: [2], b: [2], m: [2], v: [2] }, attributes: { training_mode: 1 } },
      /while training/,
    ],
    ['weights that do not fit', { op: 'Conv', weights: { w: [4, 3, 2, 2] } }, /conv2d does not take it: .*channels/],
    ['open extents', { op: 'Relu', shape: ['N', 2, 'H', 9] }, /leaves an extent other than the batch open/],
    ['no batch', { op: 'Relu', shape: [7] }, /no batch dimension/],
    ['weights that are not there', { op: 'Conv', others: ['w'] }, /computed, or not given/],
  ])('%s', async (_what, model, reason) => {
    const read = await readOnnxGraph(one(model));
    expect(read.applies ? [] : read.reasons.map((each) => each.reason)).toEqual([expect.stringMatching(reason)]);
  });

  it('values of other types', async () => {
    const file = networkModel({
      inputs: [graphInput('x', ['N', 4], 2)],
      nodes: [node('Relu', ['x'], {}, 'y')],
      outputs: ['y'],
    });
    expect(await readOnnxGraph(file)).toMatchObject({ reasons: [{ reason: 'values are not float32' }] });
  });

  it('every operator that is not, and none that only follows', async () => {
    const nodes = [node('Exp', ['x'], {}, 'a'), node('Relu', ['a'], {}, 'b'), node('Log', ['b'], {}, 'c')];
    const file = networkModel({ inputs: [graphInput('x', ['N', 4])], nodes, outputs: ['c'] });
    const read = await readOnnxGraph(file);
    expect(read.applies ? [] : read.reasons.map(({ op }) => op)).toEqual(['Exp', 'Log']);
  });
});

describe('readOnnxGraph rejects', () => {
  it('a value that two nodes give', async () => {
    const nodes = [node('Relu', ['x'], {}, 'y'), node('Relu', ['x'], {}, 'y')];
    const file = networkModel({ inputs: [graphInput('x', ['N', 4])], nodes, outputs: ['y'] });
    await expect(readOnnxGraph(file)).rejects.toMatchObject({ code: 'invalid-file', message: /two places/ });
  });

  it('weights by ConstantOfShape that would fill the memory', async () => {
    const file = networkModel({
      inputs: [graphInput('x', ['N', 2 ** 15])],
      initializers: [integers('s', [2 ** 15, 2 ** 15])],
      nodes: [node('ConstantOfShape', ['s'], {}, 'w'), node('Gemm', ['x', 'w'], {}, 'y')],
      outputs: ['y'],
    });
    const error = await readOnnxGraph(file).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AlexNetError);
    expect(error).toMatchObject({ code: 'unsupported', message: /1073741824 parameters/ });
  });
});
