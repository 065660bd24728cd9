import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toOnnx, toOnnxTensor } from '@alexnet/backend-onnx';
import { buildGraph, type Graph, referenceProvider, seededWeights, type Tensor } from '@alexnet/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTests } from './find-tests.ts';
import { farFrom } from './judge-test.ts';
import { type OnnxTestsReport, runOnnxTests } from './run-tests.ts';
import { grouped } from './text.ts';

/** A network of several operators, and what one makes of an input. */
const network = buildGraph('net', { name: 'x', shape: [2, 5, 6] })
  .conv2d('conv', 3, [2, 3])
  .relu('relu')
  .flatten('flat')
  .linear('fc', 4)
  .softmax('y')
  .build();
const single: Graph = buildGraph('one', { name: 'x', shape: [7] })
  .linear('y', 3)
  .build();
const input = (shape: readonly number[]): Tensor => {
  const size = shape.reduce((a, b) => a * b, 1);
  return { shape, data: Float32Array.from({ length: size }, (_, i) => i / size) };
};
const image = input([2, 2, 5, 6]);
const row = input([2, 7]);

async function outputOf(graph: Graph, x: Tensor): Promise<Tensor> {
  const backend = await referenceProvider().create();
  await using program = await backend.compile(graph, seededWeights(graph, 1));
  return (await program.run({ x }))['y']!;
}

/** Every value a thousandth larger. */
const larger = ({ shape, data }: Tensor): Tensor => ({ shape, data: data.map((value) => value * 1.001 + 1e-5) });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alexnet-onnx-'));
  const write = async (name: string, graph: Graph, x: Tensor, y: Tensor) => {
    const set = join(folder, 'node', name, 'test_data_set_0');
    await mkdir(set, { recursive: true });
    const model = Buffer.concat(toOnnx(graph, seededWeights(graph, 1)));
    await writeFile(join(folder, 'node', name, 'model.onnx'), model);
    await writeFile(join(set, 'input_0.pb'), toOnnxTensor('x', x));
    await writeFile(join(set, 'output_0.pb'), toOnnxTensor('y', y));
  };
  await write('test_good', network, image, await outputOf(network, image));
  await write('test_off', single, row, larger(await outputOf(single, row)));
  await mkdir(join(folder, 'light'));
  const light = join(folder, 'light', 'light_bvlc_alexnet');
  await writeFile(`${light}.onnx`, Buffer.concat(toOnnx(network, seededWeights(network, 1))));
  await writeFile(`${light}_output_0.pb`, toOnnxTensor('y', await outputOf(network, input([1, 2, 5, 6]))));
});
afterAll(() => rm(folder, { recursive: true }));

const run = async (path = folder): Promise<OnnxTestsReport & { records: unknown[] }> => {
  const records: unknown[] = [];
  const host = {
    signal: new AbortController().signal,
    progress: { update: () => {} },
    json: (record: unknown) => void records.push(record),
    inputsOf: async () => [],
  };
  const backends = [{ provider: referenceProvider(), availability: { available: true, detail: '' } }];
  return { ...(await runOnnxTests({ folder: path, backends }, host)), records };
};

describe("ONNX's tests", () => {
  it('are found in folders, and the light model with the input that its runner makes', async () => {
    expect((await findTests(folder)).map(({ name }) => name)).toEqual(['light_bvlc_alexnet', 'test_good', 'test_off']);
    expect((await findTests(join(folder, 'node', 'test_off'))).map(({ name }) => name)).toEqual(['test_off']);
  });

  it('are judged operator by operator, and as a whole', async () => {
    const { backends, applicable, records } = await run();
    expect(applicable).toEqual(['light_bvlc_alexnet', 'test_good', 'test_off']);
    const [light, good, off] = backends[0]!.results;
    expect(light).toMatchObject({ status: 'passed', ops: ['conv2d', 'relu', 'flatten', 'linear', 'softmax'] });
    expect(good).toMatchObject({ status: 'passed' });
    expect(off).toMatchObject({ status: 'failed', reason: expect.stringMatching(/where ONNX expects/) });
    expect(records).toHaveLength(3);
  });

  it('are suspected themselves, where what they expect is not what the oracle computes', async () => {
    const { expectedOff } = await run();
    expect(expectedOff).toEqual([{ test: 'test_off', reason: expect.stringMatching(/elements are wrong/) }]);
  });

  it('that are damaged, missing or of a folder without any are errors with a reason', async () => {
    const damaged = await mkdtemp(join(tmpdir(), 'alexnet-onnx-'));
    await expect(findTests(damaged)).rejects.toMatchObject({ code: 'invalid-file', message: /no tests of ONNX/ });
    await expect(findTests(join(damaged, 'none'))).rejects.toMatchObject({ code: 'invalid-file' });
    await cp(join(folder, 'node', 'test_good'), join(damaged, 'test_bad'), { recursive: true });
    await writeFile(join(damaged, 'test_bad', 'model.onnx'), Uint8Array.of(0x3a, 99, 1));
    await expect(run(damaged)).rejects.toMatchObject({ code: 'invalid-file', message: /cut off/ });
    await rm(damaged, { recursive: true });
  });

  it('of operators that we lack are one line of the table', () => {
    const of = (reason: string, ...tests: string[]) => ({ reason, tests });
    const all = [
      of('Exp is none of our operators', 'a', 'b'),
      of('Conv with dilations', 'c'),
      of('Log is none of our operators', 'd'),
    ];
    expect(grouped(all)).toEqual([
      of('one of 2 operators that AlexNet does not have', 'a', 'b', 'd'),
      of('Conv with dilations', 'c'),
    ]);
  });
});

describe("ONNX's tolerance", () => {
  const of = (...values: number[]): Tensor => ({ shape: [values.length], data: Float32Array.from(values) });
  it.each([
    { why: 'a thousandth', want: of(1000), got: of(1000.9), far: false },
    { why: 'more than a thousandth', want: of(1000), got: of(1001.1), far: true },
    { why: 'nearly nothing, for nothing', want: of(0), got: of(9e-8), far: false },
    { why: 'NaN for NaN', want: of(Number.NaN), got: of(Number.NaN), far: false },
    { why: 'NaN for a number', want: of(1), got: of(Number.NaN), far: true },
    { why: 'infinity for itself', want: of(Number.POSITIVE_INFINITY), got: of(Number.POSITIVE_INFINITY), far: false },
    { why: 'a finite number for infinity', want: of(Number.POSITIVE_INFINITY), got: of(1), far: true },
    { why: 'another shape', want: of(1, 2), got: of(1), far: true },
  ])('$why: far is $far', ({ want, got, far }) => {
    expect(farFrom(want, got) !== undefined).toBe(far);
  });
});
