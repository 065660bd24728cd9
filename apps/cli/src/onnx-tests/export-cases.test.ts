import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOnnxGraph, readOnnxValue } from '@alexnet/checkpoints';
import { expectCase, opCases } from '@alexnet/conformance';
import { evaluate, referenceProvider } from '@alexnet/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Exported, exportCases, folderName, largestError } from './export-cases.ts';
import { runOnnxTests } from './run-tests.ts';

let folder: string;
let exported: Exported;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alexnet-onnx-'));
  exported = await exportCases(folder, new AbortController().signal);
});
afterAll(() => rm(folder, { recursive: true }));
const read = (...path: string[]) => readFile(join(folder, ...path));

describe('exported cases', () => {
  it('are all of f32 whose values ONNX determines, each in a folder of its own', () => {
    const f32 = opCases.filter(({ precision }) => precision === 'f32');
    const finite = f32.filter(({ data, op }) => !data.nonFinite || ['flatten', 'pad2d', 'dropout'].includes(op));
    expect(exported.written).toEqual(finite.map(folderName));
    expect(new Set(exported.written).size).toBe(finite.length);
    expect(exported.leftOut.flatMap(({ cases }) => cases).length).toBe(opCases.length - finite.length);
  });

  it('are named by op, shape and data', () => {
    expect(folderName({ id: 'op/maxPool2d/pad-top/oneNaN' })).toBe('test_max_pool2d_pad_top_one_nan');
  });

  it('hold what the oracle computes of the input, as float32', async () => {
    const path = 'test_conv2d_pads_differ_random';
    const model = await readOnnxGraph(await read(path, 'model.onnx'));
    const input = await readOnnxValue(await read(path, 'test_data_set_0/input_0.pb'));
    const output = await readOnnxValue(await read(path, 'test_data_set_0/output_0.pb'));
    if (!model.applies) throw new Error('not ours');
    const x = { shape: input.shape, data: new Float32Array(new Uint8Array(input.data).buffer) };
    const want = evaluate(model.graph, model.weights, { x }).get('y')!;
    expect(output.shape).toEqual(want.shape);
    expect(new Float32Array(new Uint8Array(output.data).buffer)).toEqual(Float32Array.from(want.data));
  });

  it('are the same bytes each time', async () => {
    const again = await mkdtemp(join(tmpdir(), 'alexnet-onnx-'));
    await exportCases(
      again,
      new AbortController().signal,
      opCases.filter(({ op }) => op === 'lrn'),
    );
    for (const file of ['model.onnx', 'data.json', 'test_data_set_0/output_0.pb']) {
      const path = join('test_lrn_distinct_random', file);
      expect(await readFile(join(again, path))).toEqual(await read(path));
    }
    await rm(again, { recursive: true });
  });

  it('allow the largest error of the case, and none where values must be exact', async () => {
    const byId = (id: string) => opCases.find((opCase) => opCase.id === id)!;
    const loose = expectCase(byId('op/linear/as-fc6/thirds'));
    const settings = JSON.parse(String(await read('test_linear_as_fc6_thirds', 'data.json')));
    expect(settings).toMatchObject({ rtol: 0, atol: largestError(loose), check: 'op/linear/as-fc6/thirds' });
    expect(settings.atol).toBeGreaterThanOrEqual(Math.max(...(loose.allowed as Float32Array)));
    expect(largestError(expectCase(byId('op/relu/image/random')))).toBe(0);
  });

  it('come back as tests that our own backend passes', async () => {
    const availability = { available: true, detail: '' };
    const host = {
      signal: new AbortController().signal,
      progress: { update: () => {} },
      json: () => {},
      inputsOf: async () => [],
    };
    const plan = { folder, backends: [{ provider: referenceProvider(), availability }] };
    const { backends, applicable, notApplicable, expectedOff } = await runOnnxTests(plan, host);
    expect(backends[0]!.results.filter(({ status }) => status !== 'passed')).toEqual([]);
    expect(expectedOff).toEqual([]);
    // What becomes an Identity or several operators of other kinds does not come back.
    const others = notApplicable.flatMap(({ tests }) => tests);
    expect(others.filter((test) => !/dropout|lrn_.*(even|two)|adaptive_avg_pool2d/.test(test))).toEqual([]);
    expect(applicable.length + others.length).toBe(exported.written.length);
    expect(applicable.length).toBeGreaterThan(0.8 * exported.written.length);
  });
});
