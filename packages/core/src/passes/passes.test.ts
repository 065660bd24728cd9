import { describe, expect, it } from 'vitest';
import { buildGraph } from '../graph/builder.ts';
import type { Graph, Node } from '../graph/graph.ts';
import { inferShapes } from '../graph/infer.ts';
import { evaluate } from '../oracle/evaluate.ts';
import type { Weights } from '../tensor.ts';
import { createVariant } from '../variants/index.ts';
import { seededWeights } from '../weights/seeded.ts';
import { annotateFusions } from './annotate-fusions.ts';
import { dropDropout } from './drop-dropout.ts';
import { foldBatchNorm } from './fold-batch-norm.ts';
import { foldPadding } from './fold-padding.ts';

const start = () => buildGraph('g', { name: 'input', shape: [4, 9, 7] });
const names = (graph: Graph) => graph.nodes.map(({ name }) => name);
const ops = (graph: Graph) => graph.nodes.map(({ op }) => op);
const input = {
  shape: [2, 4, 9, 7],
  data: Float32Array.from({ length: 2 * 4 * 9 * 7 }, (_, i) => (((i * 97) % 101) - 50) / 25),
};

/** Largest difference of any output, relative to the output's largest value. */
function difference(a: Graph, aWeights: Weights, b: Graph, bWeights: Weights): number {
  const want = evaluate(a, aWeights, { input });
  const got = evaluate(b, bWeights, { input });
  return Math.max(
    ...[...want].map(([name, { data }]) => {
      const largest = Math.max(...data.map(Math.abs));
      return Math.max(...data.map((x, i) => Math.abs(x - got.get(name)!.data[i]!))) / largest;
    }),
  );
}

describe('dropping dropout', () => {
  const graph = start()
    .flatten('flatten')
    .dropout('d1', 0.3)
    .dropout('d2', 0.4)
    .linear('fc', 3)
    .dropout('d3', 0.5)
    .build();

  it('removes dropout and chains of it, and keeps the values', () => {
    const dropped = dropDropout({ ...graph, outputs: ['fc'] });
    expect(names(dropped)).toEqual(['flatten', 'fc']);
    const weights = seededWeights(graph, 1);
    expect(difference({ ...graph, outputs: ['fc'] }, weights, dropped, weights)).toBe(0);
  });

  it('keeps one whose value is an output', () => {
    expect(names(dropDropout({ ...graph, outputs: ['d1', 'd3'] }))).toEqual(['flatten', 'd1', 'fc', 'd3']);
  });
});

describe('folding padding', () => {
  const padded = start()
    .pad2d('p1', { top: 1, right: 2 })
    .pad2d('p2', { left: 3 })
    .conv2d('conv', 3, [2, 3], { pads: { bottom: 1 } })
    .build();

  it('moves it into the convolution, side by side', () => {
    const folded = foldPadding(padded);
    expect(folded.nodes).toMatchObject([
      { name: 'conv', inputs: ['input'], pads: { top: 1, left: 3, bottom: 1, right: 2 } },
    ]);
    const weights = seededWeights(padded, 2);
    expect(difference(padded, weights, folded, weights)).toBe(0);
  });

  it.each([
    {
      why: 'before max pooling, where padding is minus infinity',
      graph: start().pad2d('p', 1).maxPool2d('pool', 2, { stride: 2 }).build(),
    },
    { why: 'when it is an output', graph: start().pad2d('p', 1).conv2d('conv', 3, 2).build(['p', 'conv']) },
    { why: 'when something else reads it', graph: twoReaders(start().pad2d('x', 1).conv2d('conv', 3, 2).build()) },
  ])('leaves it $why', ({ graph }) => {
    expect(foldPadding(graph)).toEqual(graph);
  });
});

/** Adds a second reader of the value `x`, whose own value is an output. */
function twoReaders(graph: Graph): Graph {
  const second: Node = { op: 'relu', name: 'second', inputs: ['x'] };
  return { ...graph, nodes: [...graph.nodes, second], outputs: [...graph.outputs, 'second'] };
}

describe('folding batch norm', () => {
  const eps = 1e-3;

  it.each([
    {
      why: 'into the convolution before it, with groups',
      graph: start().conv2d('x', 6, 3, { pads: 1, groups: 2 }).batchNorm('bn', eps).relu('r').build(),
    },
    {
      why: 'into the linear layer before it',
      graph: start().flatten('f').linear('fc', 5).batchNorm('bn', eps).build(),
    },
    {
      why: 'into the unpadded convolution after it',
      graph: start().relu('r').batchNorm('bn', eps).conv2d('x', 3, [2, 3]).build(),
    },
    {
      why: 'into a grouped convolution after it',
      graph: start().relu('r').batchNorm('bn', eps).conv2d('x', 6, 3, { groups: 2 }).build(),
    },
    {
      why: 'through flatten, each channel to its columns',
      graph: start().maxPool2d('p', 3, { stride: 2 }).batchNorm('bn', eps).flatten('f').linear('fc', 5).build(),
    },
    {
      why: 'through dropout',
      graph: start().flatten('f').batchNorm('bn', eps).dropout('d', 0.5).linear('fc', 5).build(),
    },
    {
      why: 'two in a row, after a convolution',
      graph: start().conv2d('x', 3, 2, { pads: 1 }).batchNorm('a', eps).batchNorm('b', eps).build(),
    },
    {
      why: 'before and after flatten',
      graph: start().relu('r').batchNorm('a', eps).flatten('f').batchNorm('b', eps).linear('fc', 5).build(),
    },
    { why: 'two in a row', graph: start().relu('r').batchNorm('a', eps).batchNorm('b', eps).conv2d('x', 3, 2).build() },
    {
      why: 'before and after',
      graph: start().relu('r').batchNorm('a', eps).conv2d('x', 3, 2).batchNorm('b', eps).build(),
    },
  ])('goes $why', ({ graph }) => {
    const weights = seededWeights(graph, 3);
    const folded = foldBatchNorm(graph, weights);
    expect(ops(folded.graph)).not.toContain('batchNorm');
    inferShapes(folded.graph);
    expect(difference(graph, weights, folded.graph, folded.weights)).toBeLessThan(1e-6);
    expect([...folded.weights.keys()].toSorted()).toEqual(folded.graph.parameters.map(({ name }) => name).toSorted());
  });

  it.each([
    {
      why: 'before a padded convolution, whose border is zero after the norm',
      graph: start().relu('r').batchNorm('x', eps).conv2d('conv', 3, 3, { pads: 1 }).build(),
    },
    {
      why: 'when the value before it is an output',
      graph: start().conv2d('conv', 3, 2).batchNorm('bn', eps).build(['conv', 'bn']),
    },
    {
      why: 'when something else reads the value before it',
      graph: twoReaders(start().conv2d('x', 3, 2).batchNorm('bn', eps).build()),
    },
    {
      why: 'when its own value is an output',
      graph: start().relu('r').batchNorm('bn', eps).conv2d('conv', 3, 2).build(['bn', 'conv']),
    },
    {
      why: 'between ReLU and pooling',
      graph: start().relu('r').batchNorm('bn', eps).maxPool2d('p', 2, { stride: 2 }).build(),
    },
  ])('stays $why', ({ graph }) => {
    const weights = seededWeights(graph, 4);
    expect(foldBatchNorm(graph, weights).graph).toEqual(graph);
  });

  it.each([
    { why: 'a variance of 0 and no epsilon: the scale is infinite', part: 'bn.variance', value: 0 },
    { why: 'a scale that float32 weights cannot hold', part: 'bn.scale', value: 3e38 },
    { why: 'a mean that float32 biases cannot hold', part: 'bn.mean', value: 3e38 },
  ])('stays with $why', ({ part, value }) => {
    for (const graph of [
      start().conv2d('x', 6, 3).batchNorm('bn', 0).build(),
      start().batchNorm('bn', 0).conv2d('x', 6, 3).build(),
    ]) {
      const weights = new Map(seededWeights(graph, 6));
      const { shape } = weights.get(part)!;
      weights.set('x.weight', { ...weights.get('x.weight')!, data: weights.get('x.weight')!.data.map((w) => 9 * w) });
      weights.set('bn.scale', {
        shape: weights.get('bn.scale')!.shape,
        data: weights.get('bn.scale')!.data.map(() => 9),
      });
      weights.set(part, { shape, data: new Float32Array(shape[0]!).fill(value) });
      expect(foldBatchNorm(graph, weights)).toEqual({ graph, weights });
    }
  });

  it('does not write over a parameter that has the name it wants', () => {
    const plain = start().relu('r').conv2d('x', 6, 3).batchNorm('bn', eps).conv2d('y', 6, 2).build();
    const rename = (name: string) => (name === 'y.bias' ? 'bn.folded.bias' : name);
    const graph: Graph = {
      ...plain,
      parameters: plain.parameters.map(({ name, shape }) => ({ name: rename(name), shape })),
      nodes: plain.nodes.map((node) => (node.name === 'y' ? ({ ...node, bias: 'bn.folded.bias' } as Node) : node)),
    };
    const weights = seededWeights(graph, 7);
    const folded = foldBatchNorm(graph, weights);
    expect(ops(folded.graph)).not.toContain('batchNorm');
    expect(difference(graph, weights, folded.graph, folded.weights)).toBeLessThan(1e-6);
  });

  it('leaves the weights that it was given as they are', () => {
    const graph = start().conv2d('x', 6, 3).batchNorm('bn', eps).build();
    const weights = seededWeights(graph, 8);
    foldBatchNorm(graph, weights);
    expect(weights).toEqual(seededWeights(graph, 8));
  });

  it('rejects weights that do not fit', () => {
    const graph = start().conv2d('x', 6, 3).batchNorm('bn', eps).build();
    expect(() => foldBatchNorm(graph, new Map())).toThrow(
      expect.objectContaining({ code: 'invalid-weights', message: expect.stringContaining('x.weight is missing') }),
    );
  });

  it.each(['uestcsongtaoli', 'vipoooool'])('clears %s of all batch norms', (id) => {
    const { graph } = createVariant(id, { width: 1 / 16 });
    const folded = foldBatchNorm(dropDropout(graph), seededWeights(graph, 5));
    expect(ops(folded.graph)).not.toContain('batchNorm');
  });
});

describe('annotating fusions', () => {
  it('names a linear op and the ReLU that alone reads it, and changes nothing else', () => {
    const graph = createVariant('torchvision', { width: 1 / 16 }).graph;
    const annotated = annotateFusions(graph);
    expect(annotated.fusions).toEqual(
      [1, 2, 3, 4, 5]
        .map((n) => [`conv${n}`, `relu${n}`])
        .concat([
          ['fc6', 'relu6'],
          ['fc7', 'relu7'],
        ]),
    );
    expect({ ...annotated, fusions: undefined }).toEqual({ ...graph, fusions: undefined });
  });

  it.each([
    { why: 'the value between is an output', graph: start().conv2d('x', 3, 2).relu('r').build(['x', 'r']) },
    { why: 'something else reads it', graph: twoReaders(start().conv2d('x', 3, 2).relu('r').build()) },
    {
      why: 'another op is between',
      graph: start().conv2d('x', 3, 2).maxPool2d('p', 2, { stride: 2 }).relu('r').build(),
    },
  ])('names nothing when $why', ({ graph }) => {
    expect(annotateFusions(graph).fusions).toEqual([]);
  });
});

describe('on random graphs', () => {
  /** Numbers below n, from a linear congruential generator (Numerical Recipes). */
  const dice = (seed: number) => {
    let state = seed >>> 0;
    return (n: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * n);
    };
  };

  /** Up to nine image layers, then a linear one; every sixth value is an output too. */
  function randomGraph(seed: number): Graph {
    const roll = dice(seed);
    let layers = start();
    const count = 1 + roll(9);
    for (let i = 0; i < count; i++) {
      const name = `n${i}`;
      const layer = [
        () =>
          layers.conv2d(name, 2 * (1 + roll(3)), [1 + roll(2), 1], { pads: { left: roll(2) }, groups: 1 + roll(2) }),
        () => layers.batchNorm(name, 1e-3),
        () => layers.batchNorm(name, 1e-3),
        () => layers.relu(name),
        () => layers.pad2d(name, { top: roll(2), right: roll(2) }),
        () => layers.dropout(name, 0.5),
        () => layers.maxPool2d(name, [2, 1], { stride: 1, pads: { top: 1 } }),
      ];
      layers = layer[roll(layer.length)]!();
    }
    const graph = layers.flatten('flat').batchNorm('flatNorm', 1e-3).linear('fc', 5).batchNorm('fcNorm', 1e-3).build();
    return { ...graph, outputs: [...names(graph).filter((name) => name !== 'fcNorm' && roll(6) === 0), 'fcNorm'] };
  }

  it('all passes together keep every output', () => {
    for (let seed = 0; seed < 150; seed++) {
      const graph = randomGraph(seed);
      const weights = seededWeights(graph, seed);
      const folded = foldBatchNorm(foldPadding(dropDropout(graph)), weights);
      const done = annotateFusions(folded.graph);
      inferShapes(done);
      expect(done.outputs).toEqual(graph.outputs);
      expect(difference(graph, weights, done, folded.weights), `seed ${seed}: ${ops(graph)}`).toBeLessThan(1e-6);
    }
  });
});

describe('a graph of 20,000 nodes neither overflows the stack nor takes long', () => {
  const none = { top: 0, left: 0, bottom: 0, right: 0 };
  const base = start().conv2d('last', 3, 2).build();
  const chain = (node: (name: string, before: string, i: number) => Node): Graph => ({
    ...base,
    nodes: [
      ...Array.from({ length: 20_000 }, (_, i) => node(`n${i}`, i === 0 ? 'input' : `n${i - 1}`, i)),
      { ...base.nodes[0]!, inputs: ['n19999'] },
    ],
  });

  it('of dropout', () => {
    const graph = chain((name, before) => ({ op: 'dropout', name, inputs: [before], rate: 0.5 }));
    expect(names(dropDropout(graph))).toEqual(['last']);
  });

  it('of padding', () => {
    const graph = chain((name, before) => ({ op: 'pad2d', name, inputs: [before], pads: { ...none, top: 1 } }));
    expect(foldPadding(graph).nodes).toMatchObject([{ name: 'last', pads: { ...none, top: 20_000 } }]);
  });

  it('of batch norm and dropout', () => {
    const norm = start().batchNorm('bn', 1e-3).build();
    const graph = chain((name, before, i) =>
      i % 2 === 0
        ? { ...norm.nodes[0]!, name, inputs: [before] }
        : { op: 'dropout', name, inputs: [before], rate: 0.5 },
    );
    const whole: Graph = { ...graph, parameters: [...base.parameters, ...norm.parameters] };
    const weights = new Map([...seededWeights(base, 9), ...seededWeights(norm, 9)]);
    for (const [part, value] of [
      ['scale', 1],
      ['variance', 1],
    ] as const) {
      weights.set(`bn.${part}`, { shape: [4], data: new Float32Array(4).fill(value) });
    }
    expect(ops(foldBatchNorm(whole, weights).graph)).not.toContain('batchNorm');
  });
});
