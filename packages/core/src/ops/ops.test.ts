import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Graph, Node } from '../graph/graph.ts';
import { inferShapes } from '../graph/infer.ts';
import { evaluateNode } from '../oracle/evaluate.ts';
import { type Shape, sizeOf, type Tensor } from '../tensor.ts';
import { opNames } from './index.ts';

/** Written by tools/python/make_op_golden.py: PyTorch's own float64 output on the same inputs. */
interface Golden {
  readonly op: string;
  readonly why: string;
  readonly input: Shape;
  readonly attributes: Record<string, unknown>;
  readonly parameters: Record<string, Shape>;
  readonly shape: Shape;
  readonly output: readonly number[];
}

const goldens: readonly Golden[] = JSON.parse(readFileSync(new URL('ops.golden.json', import.meta.url), 'utf8'));

/** The generator's rule: 8-bit values in [-1, 1), exact in every float format. */
function fill(shape: Shape, salt: number): Tensor {
  const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => (((i * 73 + salt * 151) % 257) - 128) / 128);
  return { shape, data };
}

function prepare({ op, input, attributes, parameters }: Golden) {
  const roles = Object.entries(parameters);
  const names = Object.fromEntries(roles.map(([role]) => [role, `p.${role}`]));
  const graph: Graph = {
    name: 'golden',
    inputs: [{ name: 'x', shape: input.slice(1) }],
    parameters: roles.map(([role, shape]) => ({ name: `p.${role}`, shape })),
    nodes: [{ op, name: 'y', inputs: ['x'], ...attributes, ...names } as unknown as Node],
    outputs: ['y'],
  };
  const weights = new Map(roles.map(([role, shape], i) => [`p.${role}`, fill(shape, 2 + i)]));
  const x = Float64Array.from(fill(input, 1).data);
  // the generator keeps variances positive and logits far apart in the same way
  if (op === 'softmax') for (let i = 0; i < x.length; i++) x[i]! *= 40;
  const variance = op === 'batchNorm' ? weights.get('p.variance') : undefined;
  variance?.data.forEach((v, i) => {
    variance.data[i] = v + 2;
  });
  return { graph, weights, x };
}

describe('every op agrees with PyTorch in float64', () => {
  it.each(goldens)('$op: $why', (golden) => {
    const { graph, weights, x } = prepare(golden);
    const shapes = inferShapes(graph);
    const { value } = evaluateNode(shapes, graph.nodes[0]!, weights, [x], golden.input[0]!);
    expect(value.shape).toEqual(golden.shape);
    expect(value.data.length).toBe(golden.output.length);
    for (const [i, want] of golden.output.entries()) {
      expect(Math.abs(value.data[i]! - want)).toBeLessThanOrEqual(1e-13 * Math.max(1, Math.abs(want)));
    }
  });

  it('covers every op of the table', () => {
    expect(new Set(goldens.map(({ op }) => op))).toEqual(new Set(opNames));
  });
});

describe('what a budget needs', () => {
  it.each(goldens.filter(({ op }) => ['conv2d', 'linear', 'batchNorm', 'adaptiveAvgPool2d'].includes(op)))(
    'sum |a*b| of $op ($why) is that of the absolute operands, and bounds the value',
    (golden) => {
      const { graph, weights, x } = prepare(golden);
      const shapes = inferShapes(graph);
      const node = graph.nodes[0]!;
      const { value, magnitude, terms } = evaluateNode(shapes, node, weights, [x], golden.input[0]!);
      const sums = magnitude!();
      expect(terms).toBeGreaterThan(0);
      for (const [i, v] of value.data.entries()) expect(sums[i]! * (1 + 1e-12)).toBeGreaterThanOrEqual(Math.abs(v));
      if (golden.op === 'batchNorm') return; // subtracts the mean: no plain sum of products
      const positive = new Map([...weights].map(([name, t]) => [name, { ...t, data: t.data.map(Math.abs) }]));
      const want = evaluateNode(shapes, node, positive, [x.map(Math.abs)], golden.input[0]!).value.data;
      expect([...sums]).toEqual([...want]);
    },
  );

  it.each([
    { op: 'conv2d', terms: [19, 31, 25, 364, 9, 61], why: 'in/groups * kh * kw, and the bias' },
    { op: 'linear', terms: [8, 9], why: 'in, and the bias' },
  ])('K of $op counts $why', ({ op, terms }) => {
    const found = goldens
      .filter((golden) => golden.op === op)
      .map((golden) => {
        const { graph, weights, x } = prepare(golden);
        return evaluateNode(inferShapes(graph), graph.nodes[0]!, weights, [x], golden.input[0]!).terms;
      });
    expect(found).toEqual(terms);
  });
});

describe('values that are not finite', () => {
  const nan = Number.NaN;
  const inf = Number.POSITIVE_INFINITY;
  const unary = (op: string, attributes: object, x: readonly number[]) => {
    const graph = {
      name: 'g',
      inputs: [{ name: 'x', shape: [1, 1, x.length] }],
      parameters: [],
      nodes: [{ op, name: 'y', inputs: ['x'], ...attributes } as unknown as Node],
      outputs: ['y'],
    };
    return [...evaluateNode(inferShapes(graph), graph.nodes[0]!, new Map(), [Float64Array.from(x)], 1).value.data];
  };
  const pool = { kernel: [1, 2], stride: [1, 1], pads: { top: 0, left: 0, bottom: 0, right: 0 }, ceilMode: false };

  it.each([
    { op: 'relu', attributes: {}, x: [nan, -inf, inf, -0, -2], want: [nan, 0, inf, -0, 0], why: 'NaN stays' },
    { op: 'maxPool2d', attributes: pool, x: [nan, 1, 2, -inf], want: [nan, 2, 2], why: 'NaN wins' },
  ])('$op: $why', ({ op, attributes, x, want }) => {
    expect(unary(op, attributes, x)).toEqual(want);
  });
});
