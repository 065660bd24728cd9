import { describe, expect, it } from 'vitest';
import { buildGraph } from '../graph/builder.ts';
import { sizeOf, type Tensor } from '../tensor.ts';
import { weightsAsStored } from '../weights/stored/as-stored.ts';
import { evaluate, evaluateSteps } from './evaluate.ts';
import { referenceProvider } from './reference-backend.ts';

const graph = buildGraph('small', { name: 'input', shape: [2, 5, 6] })
  .conv2d('conv1', 3, 3, { pads: 1 })
  .relu('relu1')
  .flatten('flatten')
  .linear('fc', 4)
  .softmax('prob')
  .build();

const ramp = (shape: readonly number[], scale: number): Tensor => ({
  shape,
  data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => (((i * 37) % 23) - 11) * scale),
});
const weights = new Map(graph.parameters.map(({ name, shape }) => [name, ramp(shape, 0.03)]));
const input = ramp([3, 2, 5, 6], 0.1);

const compile = async (options = {}) => (await referenceProvider().create()).compile(graph, weights, options);

describe('the oracle', () => {
  it('returns the graph outputs by default and any value on request', () => {
    expect([...evaluate(graph, weights, { input }).keys()]).toEqual(['prob']);
    const values = evaluate(graph, weights, { input }, { outputs: ['relu1', 'input'] });
    expect(values.get('relu1')?.shape).toEqual([3, 3, 5, 6]);
    expect([...values.get('input')!.data]).toEqual([...input.data]);
  });

  it('rounds every value to float32 when asked, and only then', () => {
    const rounded = evaluate(graph, weights, { input }, { outputs: ['fc'], roundValues: true }).get('fc')!.data;
    const exact = evaluate(graph, weights, { input }, { outputs: ['fc'] }).get('fc')!.data;
    expect([...rounded]).toEqual([...rounded.map(Math.fround)]);
    expect([...exact]).not.toEqual([...exact.map(Math.fround)]);
  });

  it('yields before each node, so that a caller can show progress', () => {
    expect([...evaluateSteps(graph, weights, { input })].map((node) => node.name)).toEqual([
      'conv1',
      'relu1',
      'flatten',
      'fc',
      'prob',
    ]);
  });

  it('treats the samples of a batch independently', () => {
    const one = { shape: [1, 2, 5, 6], data: input.data.slice(60, 120) };
    const whole = evaluate(graph, weights, { input }).get('prob')!.data;
    expect([...evaluate(graph, weights, { input: one }).get('prob')!.data]).toEqual([...whole.slice(4, 8)]);
  });
});

describe('the reference backend', () => {
  it('is always available', async () => {
    expect((await referenceProvider().probe()).available).toBe(true);
  });

  it('returns the oracle rounded to float32', async () => {
    const { prob } = await (await compile()).run({ input });
    expect([...prob!.data]).toEqual([...Float32Array.from(evaluate(graph, weights, { input }).get('prob')!.data)]);
  });

  it.each(['f16', 'q8', 'q4'] as const)('computes with the weights that %s stands for', async (precision) => {
    const { prob } = await (await compile({ precision })).run({ input });
    const want = evaluate(graph, weightsAsStored(graph, weights, precision), { input }).get('prob')!.data;
    expect([...prob!.data]).toEqual([...Float32Array.from(want)]);
    expect(prob).not.toEqual((await (await compile()).run({ input }))['prob']);
  });

  it('runs overlapping calls', async () => {
    const program = await compile();
    const other = { shape: input.shape, data: input.data.map((x) => -x) };
    const [a, b, again] = await Promise.all([
      program.run({ input }),
      program.run({ input: other }),
      program.run({ input }),
    ]);
    expect(a).toEqual(again);
    expect(a).not.toEqual(b);
  });

  it('stops between nodes when the signal fires', async () => {
    const controller = new AbortController();
    const run = (await compile()).run({ input }, { signal: controller.signal });
    controller.abort();
    await expect(run).rejects.toMatchObject({ code: 'aborted' });
  });

  it('keeps a compiled program apart from the map it was compiled from', async () => {
    const mine = new Map(weights);
    const program = await (await referenceProvider().create()).compile(graph, mine);
    const before = await program.run({ input });
    mine.clear();
    expect(await program.run({ input })).toEqual(before);
  });

  const bad = ramp([3, 2, 6, 5], 1);
  it.each([
    { why: 'no input', inputs: {}, code: 'invalid-input', says: 'input input' },
    { why: 'height and width swapped', inputs: { input: bad }, code: 'invalid-input', says: '3x2x6x5' },
    { why: 'no batch', inputs: { input: ramp([2, 5, 6], 1) }, code: 'invalid-input', says: 'N x 2x5x6' },
    { why: 'an empty batch', inputs: { input: ramp([0, 2, 5, 6], 1) }, code: 'invalid-input', says: 'N >= 1' },
    {
      why: 'fewer values than the shape says',
      inputs: { input: { shape: [1, 2, 5, 6], data: new Float32Array(59) } },
      code: 'invalid-input',
      says: '59',
    },
  ])('rejects $why', async ({ inputs, code, says }) => {
    const error = await (await compile()).run(inputs).catch((e: unknown) => e);
    expect(error).toMatchObject({ code, message: expect.stringContaining(says) });
  });

  it.each([
    { why: 'an unknown output', options: { outputs: ['fc9'] }, code: 'unknown-name' },
    { why: 'a precision that it does not declare', options: { precision: 'q2' }, code: 'unsupported' },
    { why: 'a signal that has fired', options: { signal: AbortSignal.abort() }, code: 'aborted' },
  ])('refuses to compile with $why', async ({ options, code }) => {
    await expect(compile(options)).rejects.toMatchObject({ code });
  });

  it.each([
    { why: 'a missing parameter', change: ['fc.bias', undefined], says: 'fc.bias is missing' },
    { why: 'a transposed weight', change: ['fc.weight', ramp([90, 4], 1)], says: 'has shape 90x4, not 4x90' },
    { why: 'too few values', change: ['fc.bias', { shape: [4], data: new Float32Array(3) }], says: 'holds 3 values' },
  ] as const)('refuses weights with $why', async ({ change: [name, tensor], says }) => {
    const wrong = new Map<string, Tensor>(weights);
    if (tensor === undefined) wrong.delete(name);
    else wrong.set(name, tensor);
    const error = await (await referenceProvider().create()).compile(graph, wrong).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'invalid-weights', message: expect.stringContaining(says) });
  });

  it('holds nothing and runs nothing after it was disposed', async () => {
    const program = await compile();
    expect(program.memory().hostBytes).toBe(4 * graph.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
    await program[Symbol.asyncDispose]();
    expect(program.memory().hostBytes).toBe(0);
    await expect(program.run({ input })).rejects.toMatchObject({ code: 'disposed' });
  });
});
