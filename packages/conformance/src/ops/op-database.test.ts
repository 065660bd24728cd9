import {
  checkInputs,
  checkWeights,
  evaluateNode,
  inferShapes,
  type NodeOf,
  opNames,
  type Shape,
  weightsAsStored,
} from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { dataSets } from '../data/data.ts';
import { runCheck } from '../run/run-check.ts';
import { type Alteration, alteredBackend } from '../self-test/altered-backend.ts';
import { errorSampleChecks } from './error-checks.ts';
import { errorSamples } from './error-samples.ts';
import { opCases, opDatabase } from './index.ts';

const options = { skips: () => undefined, timeLimitMs: 10_000, signal: undefined, giveUp: false };

describe('the samples of the op database', () => {
  it('have no two equal extents in a tensor, input, weight or output, so that no swapped axes can hide', () => {
    const equal = (shape: Shape) => {
      const extents = shape.filter((extent) => extent > 1);
      return new Set(extents).size < extents.length;
    };
    const found = opCases.filter(({ graph, tensors }) => {
      const { input } = tensors();
      const outputs = [...inferShapes(graph).values.values()].map((shape) => [input.shape[0]!, ...shape]);
      return [input.shape, ...outputs, ...graph.parameters.map(({ shape }) => shape)].some(equal);
    });
    expect(found.map(({ id }) => id)).toEqual([]);
  });

  it('cover every op, say why each is there, and have no id twice', () => {
    expect(Object.keys(opDatabase).toSorted()).toEqual(opNames.toSorted());
    expect(new Set(opCases.map(({ id }) => id)).size).toBe(opCases.length);
    expect(opCases.filter(({ why }) => why.length < 10)).toEqual([]);
  });

  it('use every kind of data', () => {
    const used = new Set(opCases.map(({ data }) => data));
    expect(Object.values(dataSets).filter((data) => !used.has(data))).toEqual([]);
  });

  it.each(Object.values(opDatabase))(
    '$op: samples are of the op and its precisions, with batch 1 and more',
    (record) => {
      expect(record.samples.every(({ op }) => op === record.op)).toBe(true);
      expect(record.precisions).toEqual(record.op === 'linear' ? ['f32', 'f16', 'q8', 'q4'] : ['f32']);
      const batches = new Set(record.samples.map(({ tensors }) => tensors().input.shape[0]));
      for (const batch of [1, 2, 3]) expect(batches).toContain(batch);
    },
  );

  it.each(opNames)('%s: K is what the oracle adds up', (op) => {
    const { samples, terms } = opDatabase[op];
    for (const { graph, tensors, precision } of samples) {
      const { input, weights } = tensors();
      const shapes = inferShapes(graph);
      const node = graph.nodes[0]!;
      const stored = weightsAsStored(graph, weights, precision);
      const evaluation = evaluateNode(shapes, node, stored, [Float64Array.from(input.data)], input.shape[0]!);
      expect(terms?.of(node as NodeOf<never>, input.shape.slice(1), shapes.parameters)).toBe(evaluation.terms);
    }
  });
});

describe('the error samples', () => {
  it('are there for every op, have no id twice, and say why', () => {
    for (const { op, errors } of Object.values(opDatabase))
      expect(errors.length, `errors of ${op}`).toBeGreaterThanOrEqual(3);
    expect(new Set(errorSamples.map(({ id }) => id)).size).toBe(errorSamples.length);
    expect(errorSamples.filter(({ why }) => why.length < 10)).toEqual([]);
  });

  it.each(errorSamples)('$id: the core rejects it with $code', ({ graph, weights, input, code }) => {
    expect(() => {
      inferShapes(graph);
      checkWeights(graph, weights);
      if (input !== undefined) checkInputs(graph, { x: input });
    }).toThrow(expect.objectContaining({ code }));
  });

  it.each(errorSampleChecks)('$id passes on a correct backend', async (definition) => {
    const { check } = await runCheck(definition, { ...options, backend: alteredBackend() });
    expect(check.status, `${check.reason}`).toBe('passed');
  });

  const accepts: Alteration = {
    unchecked: ['graph', 'weights', 'inputs'],
    node: ({ output, batch }) => ({ shape: [batch, ...output], data: new Float32Array(1) }),
  };
  it.each([
    { why: 'runs what it should reject', alteration: accepts },
    {
      why: 'computes wrongly after an error',
      alteration: {
        node: ({ evaluate }) => ({ ...evaluate(), data: evaluate().data.map(() => 7) }),
      } satisfies Alteration,
    },
  ])('each fails on a backend that $why', async ({ alteration }) => {
    for (const definition of errorSampleChecks) {
      const { check } = await runCheck(definition, { ...options, backend: alteredBackend(alteration) });
      expect(check.status, `the check ${check.id}`).toBe('failed');
    }
  });
});
