import { AlexNetError, buildGraph, type StoredTensor } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { byPosition, type Convention } from './conventions.ts';
import { mapTensors } from './map-tensors.ts';

const graph = buildGraph('tiny', { name: 'input', shape: [3, 9, 7] })
  .conv2d('conv1', 4, [3, 2])
  .relu('relu1')
  .flatten('flatten')
  .linear('fc6', 5)
  .build();

const stored = (...shape: number[]): StoredTensor => ({
  dtype: 'F32',
  shape,
  data: new Uint8Array(4 * shape.reduce((a, b) => a * b, 1)),
});

/** The tensors of a file that fits, under the names given for conv1's weight and bias and fc6's. */
const file = (names: readonly [string, string, string, string]) =>
  new Map([
    [names[0], stored(4, 3, 3, 2)],
    [names[1], stored(4)],
    [names[2], stored(5, 168)],
    [names[3], stored(5)],
  ]);
const own = ['conv1.weight', 'conv1.bias', 'fc6.weight', 'fc6.bias'] as const;
const torch = ['features.0.weight', 'features.0.bias', 'classifier.1.weight', 'classifier.1.bias'] as const;

function failure(tensors: ReadonlyMap<string, StoredTensor>, fallback?: Convention): string {
  try {
    mapTensors(graph, tensors, fallback);
  } catch (error) {
    if (error instanceof AlexNetError && error.code === 'invalid-weights') return error.message;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('mapTensors', () => {
  it.each([
    ['alexnet', own],
    ['torchvision', torch],
    ['onnx-zoo', ['conv1_w_0', 'conv1_b_0', 'fc6_w_0', 'fc6_b_0'] as const],
  ])('recognises the names of %s', (id, names) => {
    const tensors = file(names);
    const { convention, weights, unused } = mapTensors(graph, tensors);
    expect([convention, unused]).toEqual([id, []]);
    expect([...weights].map(([name, { shape }]) => [name, shape])).toEqual(
      graph.parameters.map(({ name, shape }) => [name, shape]),
    );
    expect(weights.get('fc6.weight')!.data.buffer).toBe(tensors.get(names[2])!.data.buffer);
  });

  it('goes with the convention that finds most, and reports the rest as unused', () => {
    const tensors = file(torch).set('conv1.bias', stored(4)).set('epoch', stored());
    const { convention, unused } = mapTensors(graph, tensors);
    expect([convention, unused]).toEqual(['torchvision', ['conv1.bias', 'epoch']]);
  });

  it('lists what is missing, misshapen and not expected, with both names', () => {
    const tensors = file(torch);
    tensors.delete('features.0.bias');
    tensors.set('features.1.bias', stored(4));
    tensors.set('classifier.1.weight', stored(5, 169));
    expect(failure(tensors)).toBe(
      'The file, with torchvision names, does not fit tiny: ' +
        'fc6.weight (classifier.1.weight) has shape 5x169, not 5x168; ' +
        'missing: conv1.bias (features.0.bias); not expected: features.1.bias. ' +
        'Check that the file belongs to this variant, with the same classes and width.',
    );
  });

  it('does not take integers for weights', () => {
    const integers: StoredTensor = { dtype: 'I32', shape: [4], data: new Uint8Array(16) };
    expect(failure(file(own).set('conv1.bias', integers))).toMatch(/conv1\.bias has type I32/);
  });

  it('does not accept the right size in the wrong shape', () => {
    expect(failure(file(own).set('fc6.weight', stored(168, 5)))).toMatch(/fc6\.weight has shape 168x5, not 5x168/);
  });

  it('names what it found when it knows none of the names', () => {
    expect(failure(file(['a', 'b', 'c', 'd']))).toMatch(/alexnet, torchvision, onnx-zoo\): its names are a, b, c, d/);
    expect(failure(new Map())).toMatch(/it has no tensors/);
  });

  it('keeps its messages short, whatever the file holds', () => {
    const many = new Map(Array.from({ length: 5000 }, (_, i) => [`${'x'.repeat(5000)}${i}`, stored(1)]));
    expect(failure(many).length).toBeLessThan(1000);
    expect(failure(new Map([...many, ...file(own).set('fc6.bias', stored(1))])).length).toBeLessThan(1000);
  });
});

const nodes = (...ops: string[]) => ops.map((op, i) => ({ op, inputs: [`x${i}`, `w${i}`, `b${i}`], transB: true }));

describe('byPosition', () => {
  it('takes the n-th Conv or Gemm for the n-th convolution or linear layer', () => {
    const names = byPosition(graph, nodes('Conv', 'Relu', 'Gemm', 'Softmax'))!;
    const { convention, weights } = mapTensors(graph, file(['w0', 'b0', 'w2', 'b2']), names);
    expect([convention, weights.size]).toEqual(['position', 4]);
  });

  it('does not overrule names that are known', () => {
    expect(mapTensors(graph, file(own), byPosition(graph, nodes('Conv', 'Gemm'))).convention).toBe('alexnet');
  });

  it('reports a bias that the file has not', () => {
    const bare = [{ op: 'Conv', inputs: ['x', 'w'], transB: false }, ...nodes('Gemm')];
    expect(failure(file(['w', 'b', 'w0', 'b0']), byPosition(graph, bare))).toMatch(/missing: conv1\.bias;/);
  });

  it.each([
    ['one layer too many', ['Conv', 'Conv', 'Gemm']],
    ['one too few', ['Conv']],
    ['another order', ['Gemm', 'Conv']],
  ])('gives up on %s', (_what, ops) => {
    expect(byPosition(graph, nodes(...ops))).toBeUndefined();
  });
});
