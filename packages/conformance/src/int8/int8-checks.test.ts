import {
  type Backend,
  type CompileOptions,
  evaluateInt8,
  type Graph,
  precisions,
  referenceProvider,
  type TensorMap,
  type Weights,
} from '@alexnet/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { runConformance } from '../run/run.ts';
import { failed, graph, network, notInInt8, oracle } from '../testing/small-network.ts';

/** What a program computes in int8: any values, given the options. Changes what comes out of the oracle. */
type Wrong = (outputs: TensorMap, options: CompileOptions) => TensorMap;

let reference: Backend;
beforeAll(async () => {
  reference = await referenceProvider().create();
});

/** The oracle of int8 as a backend that declares it; `calibrations` gets what it is asked with. */
function int8Backend(wrong: Wrong = (outputs) => outputs, calibrations: unknown[] = []): Backend {
  return {
    ...reference,
    capabilities: { ...reference.capabilities, precisions: [...precisions, 'int8'] },
    async compile(itsGraph: Graph, weights, options = {}) {
      const { precision, calibration, outputs } = options;
      if (precision !== 'int8') return reference.compile(itsGraph, weights, options);
      calibrations.push(calibration);
      return {
        async run(inputs): Promise<TensorMap> {
          const asked = outputs === undefined ? {} : { outputs };
          const values = evaluateInt8(itsGraph, weights as Weights, inputs, calibration!, asked);
          const stored = [...values].map(
            ([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }] as const,
          );
          // softmax reads logits that are float32
          const given = Object.fromEntries(stored.filter(([name]) => name === 'fc8'));
          const again = evaluateInt8(itsGraph, weights as Weights, inputs, calibration!, { ...asked, given });
          const prob = again.get('prob')!;
          const result = { ...Object.fromEntries(stored), prob: { ...prob, data: Float32Array.from(prob.data) } };
          return wrong(result, options);
        },
        memory: () => ({ hostBytes: 0, deviceBytes: 0 }),
        [Symbol.asyncDispose]: async () => {},
      };
    },
  };
}

const conform = (backend: Backend) => runConformance({ backend, suites: ['network'], networks: [network], oracle });
const scaled = (outputs: TensorMap, name: string, by: number): TensorMap => {
  const value = outputs[name];
  return value === undefined ? outputs : { ...outputs, [name]: { ...value, data: value.data.map((x) => x * by) } };
};
const JUDGED = graph.nodes.map(({ name }) => name).filter((name) => !['conv1', 'conv2', 'fc6'].includes(name));

describe('a network in int8', () => {
  it('conforms when it computes what the oracle computes, and has a check for each value and the end', async () => {
    const report = await conform(int8Backend());
    expect(failed(report)).toEqual([]);
    const inInt8 = report.checks.filter(({ precision }) => precision === 'int8');
    expect(inInt8.map(({ id, status }) => `${id} ${status}`)).toEqual(
      [...JUDGED, 'end-to-end'].map((what) => `network/small/one/${what}/int8 passed`),
    );
    expect(report.endToEnd.at(-1)).toMatchObject({ id: 'network/small/one/end-to-end/int8', precision: 'int8' });
  });

  it('is calibrated on the images that it is not judged on', async () => {
    const asked: unknown[] = [];
    await conform(int8Backend(undefined, asked));
    const [, two] = network.images;
    const largest = Math.max(...two!.tensor.data);
    const { scale, zeroPoint } = (asked[0] as { values: Record<string, { scale: number; zeroPoint: number }> }).values[
      'input'
    ]!;
    expect((255 - zeroPoint) * scale).toBeGreaterThan(largest - scale);
    expect((255 - zeroPoint) * scale).toBeLessThan(largest + scale);
  });

  it.each<{ why: string; wrong: Wrong; fails: string[] }>([
    {
      why: 'a layer whose logits are a thousandth too large',
      wrong: (outputs, options) => (options.outputs!.length > 2 ? scaled(outputs, 'fc8', 1.001) : outputs),
      fails: ['one/fc8/int8', 'one/prob/int8'],
    },
    {
      why: 'a fusion that shows in the network as a whole only',
      wrong: (outputs, options) => (options.outputs!.length > 2 ? outputs : scaled(outputs, 'fc8', 1.2)),
      fails: ['one/end-to-end/int8'],
    },
  ])('fails where it is wrong: $why', async ({ wrong, fails }) => {
    expect(failed(await conform(int8Backend(wrong)))).toEqual(fails);
  });

  it('is skipped, with the reason, where it is not declared', async () => {
    const { summary } = await conform(reference);
    expect(summary.failed).toBe(0);
    expect(summary.skipped).toEqual([notInInt8(graph.nodes)]);
  });
});
