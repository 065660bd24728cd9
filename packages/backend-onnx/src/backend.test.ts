import {
  type Backend,
  type BackendProvider,
  buildGraph,
  createVariant,
  evaluate,
  type Graph,
  type GraphBuilder,
  precisions,
  type Shape,
  seededWeights,
  sizeOf,
  type Tensor,
} from '@alexnet/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onnxNodeProvider, onnxPeers, onnxWebGpuProvider, onnxWebProvider } from './index.ts';

const fill = (shape: Shape, scale = 1): Tensor => ({
  shape,
  data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((((i * 97) % 101) - 50) / 50) * scale),
});

const image: Shape = [4, 9, 7];
const flat: Shape = [11];

interface Case {
  readonly why: string;
  readonly shape: Shape;
  readonly add: (layers: GraphBuilder) => GraphBuilder;
}

const lrn = { size: 5, alpha: 0.7, beta: 0.75, bias: 1.3 };

/** How each op is written; how exact each op is, the conformance suite judges. */
const cases: readonly Case[] = [
  {
    why: 'conv2d: groups, stride, four different pads',
    shape: image,
    add: (l) => l.conv2d('y', 6, [3, 2], { groups: 2, stride: [2, 3], pads: { top: 1, left: 0, bottom: 2, right: 3 } }),
  },
  { why: 'linear', shape: flat, add: (l) => l.linear('y', 3) },
  { why: 'relu', shape: image, add: (l) => l.relu('y') },
  { why: 'lrn: beta 0.75 by roots', shape: [9, 3, 4], add: (l) => l.lrn('y', lrn) },
  { why: 'lrn: beta 0.5 by one root', shape: [9, 3, 4], add: (l) => l.lrn('y', { ...lrn, beta: 0.5 }) },
  { why: 'lrn: beta 0.25', shape: [9, 3, 4], add: (l) => l.lrn('y', { ...lrn, beta: 0.25 }) },
  { why: 'lrn: beta 1 without root', shape: [9, 3, 4], add: (l) => l.lrn('y', { ...lrn, beta: 1 }) },
  { why: 'lrn: any beta by power', shape: [9, 3, 4], add: (l) => l.lrn('y', { ...lrn, beta: 0.6 }) },
  {
    why: 'lrn: even window, which the operator does not take',
    shape: [7, 3, 4],
    add: (l) => l.lrn('y', { ...lrn, size: 4 }),
  },
  { why: 'lrn: window wider than the channels', shape: [3, 2, 4], add: (l) => l.lrn('y', lrn) },
  { why: 'maxPool2d: floor', shape: image, add: (l) => l.maxPool2d('y', 3, { stride: 2 }) },
  { why: 'maxPool2d: ceil', shape: [3, 8, 10], add: (l) => l.maxPool2d('y', 3, { stride: 2, ceilMode: true }) },
  {
    why: 'maxPool2d: ceil with padding, where a last window would start in it',
    shape: [2, 5, 7],
    add: (l) => l.maxPool2d('y', 2, { stride: [2, 3], pads: 1, ceilMode: true }),
  },
  {
    why: 'maxPool2d: negative values at padded edges',
    shape: [1, 3, 4],
    add: (l) => l.pad2d('p', 0).maxPool2d('y', 3, { stride: 1, pads: { top: 1, right: 2 } }),
  },
  { why: 'adaptiveAvgPool2d: the identity', shape: image, add: (l) => l.adaptiveAvgPool2d('y', [9, 7]) },
  { why: 'adaptiveAvgPool2d: equal windows', shape: [2, 9, 8], add: (l) => l.adaptiveAvgPool2d('y', [3, 4]) },
  {
    why: 'adaptiveAvgPool2d: unequal windows that overlap',
    shape: image,
    add: (l) => l.adaptiveAvgPool2d('y', [4, 5]),
  },
  { why: 'batchNorm: alone', shape: image, add: (l) => l.batchNorm('y', 1e-3) },
  { why: 'batchNorm: of features', shape: flat, add: (l) => l.batchNorm('y', 1e-3) },
  { why: 'batchNorm: folded', shape: image, add: (l) => l.conv2d('c', 3, 2).batchNorm('b', 1e-3).relu('y') },
  { why: 'pad2d: alone', shape: image, add: (l) => l.pad2d('y', { top: 1, left: 0, bottom: 2, right: 3 }) },
  {
    why: 'pad2d: before max pooling, where zero is not minus infinity',
    shape: [1, 3, 4],
    add: (l) => l.lrn('n', lrn).pad2d('p', 1).maxPool2d('y', 3, { stride: 2 }),
  },
  { why: 'pad2d: folded', shape: image, add: (l) => l.pad2d('p', { left: 3, bottom: 1 }).conv2d('y', 3, 2) },
  { why: 'flatten: CHW', shape: [2, 3, 4], add: (l) => l.flatten('y') },
  { why: 'dropout: an output', shape: flat, add: (l) => l.dropout('y', 0.5) },
  { why: 'dropout: dropped', shape: flat, add: (l) => l.dropout('d', 0.5).relu('y') },
  { why: 'softmax', shape: flat, add: (l) => l.softmax('y') },
];

/** Largest difference to the oracle, relative to the largest value. */
async function error(backend: Backend, graph: Graph, outputs: readonly string[], input: Tensor): Promise<number> {
  const weights = seededWeights(graph, 7);
  await using program = await backend.compile(graph, weights, { outputs });
  const got = await program.run({ input });
  const want = evaluate(graph, weights, { input }, { outputs });
  return Math.max(
    ...outputs.map((name) => {
      const { shape, data } = want.get(name)!;
      expect(got[name]?.shape).toEqual(shape);
      const largest = data.reduce((max, x) => Math.max(max, Math.abs(x)), Number.MIN_VALUE);
      return data.reduce((worst, x, i) => Math.max(worst, Math.abs(x - got[name]!.data[i]!)), 0) / largest;
    }),
  );
}

/** Node has no `navigator.gpu`: what runs on WebGPU runs in browsers. */
const onWebGpu = ({ id }: BackendProvider) => id.endsWith('webgpu');
const providers: readonly BackendProvider[] = [
  onnxNodeProvider(),
  onnxWebProvider(),
  ...onnxPeers().filter((peer) => !onWebGpu(peer)),
];

const declaredBy = (id: string) =>
  id === 'onnx-node' ? [...precisions, 'int8'] : id === 'onnx-web' ? precisions : ['f32'];

it.each([onnxWebGpuProvider(), ...onnxPeers().filter(onWebGpu)])(
  '$id says that there is no WebGPU',
  async (provider) => {
    expect(await provider.probe()).toMatchObject({ available: false, detail: 'There is no WebGPU adapter here' });
    await expect(provider.create()).rejects.toMatchObject({ code: 'missing-dependency' });
  },
);

describe.each(providers.map((provider) => ({ id: provider.id, provider })))('$id', ({ id, provider }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await provider.create({ threads: 2 });
  });
  afterAll(async () => {
    await backend[Symbol.asyncDispose]();
  });

  it.each(cases)('computes $why', async ({ shape, add }) => {
    const graph = add(buildGraph('g', { name: 'input', shape })).build();
    for (const batch of [1, 3])
      expect(await error(backend, graph, ['y'], fill([batch, ...shape], 2))).toBeLessThan(1e-6);
  });

  it.each(['bvlc-alexnet', 'torchvision', 'uestcsongtaoli', 'vipoooool', 'onnx-zoo'])(
    'returns every value of %s, narrow',
    async (variant) => {
      const { graph } = createVariant(variant, { width: 1 / 16, classes: 10 });
      const outputs = ['input', ...graph.nodes.map(({ name }) => name)];
      expect(await error(backend, graph, outputs, fill([2, ...graph.inputs[0]!.shape]))).toBeLessThan(1e-5);
    },
  );

  const graph = buildGraph('small', { name: 'input', shape: flat }).linear('fc', 3).relu('r').softmax('prob').build();
  const weights = seededWeights(graph, 1);
  const input = fill([2, ...flat]);

  it('takes any batch, one after the other and at once', async () => {
    await using program = await backend.compile(graph, weights);
    const five = fill([5, ...flat], 0.5);
    const [a, b, again] = await Promise.all([
      program.run({ input }),
      program.run({ input: five }),
      program.run({ input }),
    ]);
    expect(again).toEqual(a);
    expect(b['prob']?.shape).toEqual([5, 3]);
  });

  it('compiles two programs at once, each with its own weights', async () => {
    const wide = buildGraph('wide', { name: 'input', shape: [400] })
      .linear('fc', 3)
      .build();
    const others = [1, 2].map((seed) => seededWeights(wide, seed));
    const x = fill([1, 400]);
    const programs = await Promise.all(others.map((each) => backend.compile(wide, each)));
    for (const [i, program] of programs.entries()) {
      const want = evaluate(wide, others[i]!, { input: x }).get('fc')!.data;
      const { fc } = await program.run({ input: x });
      expect(Math.max(...fc!.data.map((y, o) => Math.abs(y - want[o]!)))).toBeLessThan(1e-5);
      await program[Symbol.asyncDispose]();
    }
  });

  it('keeps the results of one run apart from the next', async () => {
    await using program = await backend.compile(graph, weights);
    const first = await program.run({ input });
    const kept = [...first['prob']!.data];
    await program.run({ input: fill([2, ...flat], -3) });
    expect([...first['prob']!.data]).toEqual(kept);
  });

  it('finishes what runs before it is disposed, and refuses what comes after', async () => {
    const program = await backend.compile(graph, weights);
    expect(program.memory().hostBytes).toBeGreaterThan(0);
    const running = program.run({ input });
    const disposing = program[Symbol.asyncDispose]();
    await expect(running).resolves.toHaveProperty('prob');
    await disposing;
    await program[Symbol.asyncDispose]();
    expect(program.memory().hostBytes).toBe(0);
    await expect(program.run({ input })).rejects.toMatchObject({ code: 'disposed' });
  });

  it('drops the result of a run that was cancelled while it waited', async () => {
    await using program = await backend.compile(graph, weights);
    const controller = new AbortController();
    const run = program.run({ input }, { signal: controller.signal });
    controller.abort();
    await expect(run).rejects.toMatchObject({ code: 'aborted' });
    await expect(program.run({ input })).resolves.toHaveProperty('prob');
  });

  it.each([
    { why: 'an unknown output', options: { outputs: ['fc9'] }, code: 'unknown-name' },
    { why: 'a signal that has fired', options: { signal: AbortSignal.abort() }, code: 'aborted' },
  ] as const)('refuses to compile with $why', async ({ options, code }) => {
    await expect(backend.compile(graph, weights, options)).rejects.toMatchObject({ code });
  });

  it('refuses a precision that it does not declare, and int8 without a calibration', async () => {
    for (const precision of [...precisions, 'int8'] as const) {
      const declared = backend.capabilities.precisions.includes(precision);
      const code = !declared ? 'unsupported' : precision === 'int8' ? 'invalid-input' : undefined;
      const compiled = backend.compile(graph, weights, { precision });
      if (code === undefined) await (await compiled)[Symbol.asyncDispose]();
      else await expect(compiled).rejects.toMatchObject({ code });
    }
    expect(backend.capabilities.precisions).toEqual(declaredBy(id));
  });

  it('refuses weights and inputs that do not fit', async () => {
    await expect(backend.compile(graph, new Map())).rejects.toMatchObject({ code: 'invalid-weights' });
    await using program = await backend.compile(graph, weights);
    await expect(program.run({})).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(program.run({ input: fill([2, 12]) })).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('says what it runs on and why', async () => {
    expect(backend.id).toBe(id);
    expect(backend.environment.engine).toMatch(/^onnxruntime-(node|web) \d+\.\d+\.\d+$/);
    expect(backend.environment.threads).toBe(2);
    expect(backend.environment.notes).toContain('2 threads, as asked.');
  });
});

describe('what is not here', () => {
  it('says why CUDA cannot be used, without throwing', async () => {
    const { available, detail, fix } = await onnxNodeProvider({ device: 'cuda' }).probe();
    if (available) return; // a machine with a GPU
    expect(detail).toContain('CUDA');
    expect(fix).toContain('NVIDIA');
    await expect(onnxNodeProvider({ device: 'cuda' }).create()).rejects.toMatchObject({ code: 'missing-dependency' });
  });

  it('keeps the WebAssembly thread count of the first session, and says so', async () => {
    const backend = await onnxWebProvider().create({ threads: 1 });
    expect(backend.environment.threads).toBe(2);
    expect(backend.environment.notes.join()).toContain('keeps the thread count');
  });
});
