import { inferShapes } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { numberOf } from '../report/report.ts';
import { type Progress, runConformance } from '../run/run.ts';
import { alteredBackend } from '../self-test/altered-backend.ts';
import { toFloat16 } from '../self-test/float16.ts';
import { dots, kernel } from '../self-test/kernels/float32-kernels.ts';
import { atOne, CHECKS, conform, failed, graph, network, notInInt8, oracle, photo } from '../testing/small-network.ts';
import { createOracleCache } from './oracle.ts';
import { teacherForced } from './teacher-forcing.ts';

describe('a teacher-forced graph', () => {
  it('reads every value from an input and returns every value', () => {
    const forced = teacherForced(graph);
    expect(forced.inputs.map(({ name }) => name)).toEqual([
      'input',
      ...graph.nodes.slice(0, -1).map(({ name }) => `${name}.given`),
    ]);
    expect(forced.outputs).toEqual(graph.nodes.map(({ name }) => name));
    const [before, after] = [inferShapes(graph).values, inferShapes(forced).values];
    for (const { name } of graph.nodes) expect(after.get(name)).toEqual(before.get(name));
  });
});

describe('a whole network', () => {
  it.each(Object.entries(dots))('passes with a correct float32 kernel: %s', async (_name, dot) => {
    const report = await conform(kernel(dot));
    expect(failed(report)).toEqual([]);
    expect(report.summary).toEqual({ passed: CHECKS, failed: 0, skipped: [notInInt8(graph.nodes)] });
    expect(report.endToEnd.map(({ id }) => id)).toEqual([
      'network/small/one/end-to-end',
      'network/small/two/end-to-end',
      ...atOne('end-to-end').map((id) => `network/small/${id}`),
    ]);
  });

  it('has bounds that an ordinary float32 kernel uses in part: neither too tight nor empty', async () => {
    const { endToEnd } = await conform(kernel(dots['one accumulator, bias first']!));
    for (const { logits } of endToEnd) {
      const share = numberOf(logits.value) / logits.allowed;
      expect(share).toBeGreaterThan(0.03);
      expect(share).toBeLessThan(0.2);
    }
  });

  it.each([
    { layer: 'norm1', what: 'alpha not divided', change: { alpha: 5e-4 } },
    { layer: 'norm1', what: 'k = 2 for 1', change: { bias: 2 } },
    { layer: 'pool1', what: 'stride 2 by 1', change: { stride: [2, 1] } },
    { layer: 'conv2', what: 'padding on the wrong side', change: { pads: { top: 2, left: 1, bottom: 0, right: 1 } } },
    { layer: 'fc6', what: 'the bias dropped', change: { bias: undefined } },
  ])('blames $layer alone when it is wrong: $what', async ({ layer, change }) => {
    const report = await conform({
      node: ({ node, evaluate }) =>
        node.name === layer ? evaluate({ node: { ...node, ...change } as typeof node }) : undefined,
    });
    expect(failed(report).filter((id) => !id.includes('end-to-end'))).toEqual([
      `one/${layer}`,
      `two/${layer}`,
      ...(layer === 'fc6' ? atOne(layer) : []),
    ]);
    expect(failed(report)).toContain('one/end-to-end');
  });

  it('finds a fault that shows only when layers run together', async () => {
    const report = await conform({
      // a fusion of relu2 into conv2 that forgets the relu; teacher-forced graphs have nothing to fuse
      node: ({ node, input }) =>
        node.name === 'relu2' && node.inputs[0] === 'conv2'
          ? { shape: [1, ...input.shape], data: Float32Array.from(input.data) }
          : undefined,
    });
    expect(failed(report)).toEqual(['one/end-to-end', 'two/end-to-end', ...atOne('end-to-end')]);
  });

  it('finds activations in half precision end to end', async () => {
    const report = await conform({
      node: ({ node, input, evaluate }) =>
        node.op === 'linear' && !node.inputs[0].endsWith('.given')
          ? evaluate({ input: input.data.map(toFloat16) })
          : undefined,
    });
    expect(failed(report)).toEqual(['one/end-to-end', 'two/end-to-end', ...atOne('end-to-end')]);
  });

  it('takes the mean over crops, and finds crops that are mixed up', async () => {
    // little contrast: no class has probability 1, so that crops differ
    const crops = { ...network, images: [{ name: 'crops', tensor: photo('crops', 3, 0.01) }] };
    expect(failed(await conform({}, [crops]))).toEqual([]);
    const swapped = await conform(
      {
        program: (program) => ({
          ...program,
          async run(inputs) {
            const { prob, ...others } = await program.run(inputs);
            const data = prob!.data;
            return {
              ...others,
              prob: { shape: prob!.shape, data: Float32Array.of(...data.subarray(21), ...data.subarray(0, 21)) },
            };
          },
        }),
      },
      [crops],
    );
    expect(failed(swapped)).toContain('crops/end-to-end');
  });

  it('fails every layer, and does not throw, when the network does not compile', async () => {
    const backend = { ...alteredBackend(), compile: () => Promise.reject(new Error('out of registers')) };
    const { summary, checks } = await runConformance({ backend, suites: ['network'], networks: [network], oracle });
    expect(summary).toEqual({ passed: 0, failed: CHECKS, skipped: [notInInt8(graph.nodes)] });
    expect(checks[0]?.reason).toBe('Threw out of registers');
  });

  it('is judged also when its program cannot be disposed', async () => {
    const dispose = () => Promise.reject(new Error('double free'));
    const report = await conform({ program: (program) => ({ ...program, [Symbol.asyncDispose]: dispose }) });
    expect(report.summary).toMatchObject({ passed: CHECKS, failed: 0 });
  });

  it('is skipped, with the reason, when an op is not declared', async () => {
    const { summary } = await conform({ capabilities: { ops: ['conv2d', 'relu', 'linear'] } });
    expect(summary).toMatchObject({
      passed: 6, // fc6 and fc8 alone, in each precision, need no other op
      failed: 0,
      skipped: [{ reason: 'The backend does not declare the op lrn' }, notInInt8(graph.nodes)],
    });
    expect(summary.skipped[0]!.tests).toHaveLength(CHECKS - 6);
  });
});

describe('the oracle cache', () => {
  it('computes each image once for all backends, and tells how far it is', async () => {
    const seen: Progress[] = [];
    const cache = createOracleCache();
    const options = {
      suites: ['network'] as const,
      networks: [network],
      oracle: cache,
      onProgress: (progress: Progress) => void seen.push(progress),
    };
    await runConformance({ ...options, backend: alteredBackend() });
    const steps = seen.filter(({ stage }) => stage === 'oracle');
    // from fc6 on, once more for each precision of the first image
    expect(steps).toHaveLength(2 * graph.nodes.length + 3 * 5);
    expect(steps[1]).toMatchObject({
      stage: 'oracle',
      variant: 'small',
      image: 'one',
      node: 'relu1',
      index: 1,
      count: 12,
    });
    await runConformance({ ...options, backend: alteredBackend() });
    expect(seen.filter(({ stage }) => stage === 'oracle')).toHaveLength(steps.length);
  });

  it('stops between nodes when the signal fires, and can be asked again', async () => {
    const stop = new AbortController();
    const cache = createOracleCache();
    const expectation = cache.expect(network, {
      signal: stop.signal,
      onProgress: ({ index }) => (index === 3 ? stop.abort() : undefined),
    });
    await expect(expectation).rejects.toMatchObject({ code: 'aborted' });
    expect((await cache.expect(network)).size).toBe(2);
  });
});
