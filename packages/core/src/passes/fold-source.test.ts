import { describe, expect, it } from 'vitest';
import { buildGraph } from '../graph/builder.ts';
import type { Graph } from '../graph/graph.ts';
import type { Weights } from '../tensor.ts';
import { createVariant } from '../variants/index.ts';
import { collectWeights } from '../weights/read-weights.ts';
import { seededWeights } from '../weights/seeded.ts';
import { sourceOfWeights } from '../weights/source-of-weights.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import { foldBatchNorm } from './fold-batch-norm.ts';
import { foldBatchNormOfSource } from './fold-source.ts';

const narrow = (id: string): Graph => createVariant(id, { width: 1 / 32, classes: 10 }).graph;
const start = () => buildGraph('g', { name: 'input', shape: [4, 9, 7] });

const cases: readonly { readonly why: string; readonly graph: Graph }[] = [
  { why: 'nothing to fold', graph: narrow('bvlc-alexnet') },
  { why: 'norms behind all layers', graph: narrow('uestcsongtaoli') },
  { why: 'norms behind activations, in front of layers', graph: narrow('vipoooool') },
  {
    why: 'two norms into one layer',
    graph: start().conv2d('c', 3, 2).batchNorm('a', 1e-3).batchNorm('b', 1e-3).build(),
  },
  {
    why: 'two norms into the layer behind',
    graph: start().relu('r').batchNorm('a', 1e-3).batchNorm('b', 1e-3).conv2d('c', 3, 2).build(),
  },
  {
    why: 'norms on both sides',
    graph: start().batchNorm('a', 1e-3).flatten('f').linear('fc', 6).batchNorm('b', 1e-3).build(),
  },
  { why: 'a norm that nothing takes', graph: start().batchNorm('a', 1e-3).relu('r').build() },
];

/** A source that notes what is read. */
function noting(weights: Weights): WeightSource & { readonly reads: string[] } {
  const source = sourceOfWeights(weights);
  const reads: string[] = [];
  return {
    ...source,
    reads,
    read(name, options) {
      reads.push(name);
      return source.read(name, options);
    },
  };
}

describe('folding weights that are still arriving', () => {
  it.each(cases)('gives the bits that folding them in memory gives: $why', async ({ graph }) => {
    const weights = seededWeights(graph, 5);
    const want = foldBatchNorm(graph, weights);
    const { graph: folded, source } = await foldBatchNormOfSource(graph, sourceOfWeights(weights));
    expect(folded.nodes).toEqual(want.graph.nodes);
    const names = folded.parameters.map(({ name }) => name);
    expect([...names].sort()).toEqual(want.graph.parameters.map(({ name }) => name).sort());
    const got = await collectWeights(source, { names });
    expect(got).toEqual(new Map(names.map((name) => [name, want.weights.get(name)])));
  });

  it('reads the parameters that are folded, and no others', async () => {
    const graph = start().conv2d('c', 3, 2).batchNorm('n', 1e-3).flatten('f').linear('fc', 6).build();
    const source = noting(seededWeights(graph, 5));
    await foldBatchNormOfSource(graph, source);
    expect(source.reads).toEqual(['c.weight', 'c.bias', 'n.scale', 'n.bias', 'n.mean', 'n.variance']);
  });

  it('folds a norm the other way where float32 cannot hold the first', async () => {
    const graph = start().conv2d('c', 3, 2).batchNorm('n', 1e-3).flatten('f').linear('fc', 6).build();
    const weights = new Map(seededWeights(graph, 5));
    weights.get('c.weight')!.data[7] = Number.POSITIVE_INFINITY;
    const want = foldBatchNorm(graph, weights);
    const { graph: folded, source } = await foldBatchNormOfSource(graph, sourceOfWeights(weights));
    expect(folded.nodes).toEqual(want.graph.nodes);
    expect(folded.nodes.map(({ name }) => name)).toEqual(['c', 'f', 'fc']);
    expect(await collectWeights(source)).toEqual(
      new Map(folded.parameters.map(({ name }) => [name, want.weights.get(name)])),
    );
  });

  it('keeps what is folded until its last row is read', async () => {
    const graph = start().conv2d('c', 3, 2).batchNorm('n', 1e-3).build();
    const { source } = await foldBatchNormOfSource(graph, sourceOfWeights(seededWeights(graph, 5)));
    await source.read('n.folded.weight', { rows: [0, 2] });
    await source.read('n.folded.weight', { rows: [2, 3] });
    await expect(source.read('n.folded.weight')).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('hears an AbortSignal', async () => {
    const graph = start().conv2d('c', 3, 2).batchNorm('n', 1e-3).build();
    const given = sourceOfWeights(seededWeights(graph, 5));
    await expect(foldBatchNormOfSource(graph, given, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    });
  });
});
