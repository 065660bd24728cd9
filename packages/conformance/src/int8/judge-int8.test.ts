import {
  type Backend,
  type Calibration,
  calibrate,
  type EvaluateInt8Options,
  evaluateInt8,
  type Float64Tensor,
  type Quantisation,
  quantisationsOf,
  referenceProvider,
  type Tensor,
  type TensorMap,
} from '@alexnet/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { graph, network, photo } from '../testing/small-network.ts';
import { judgeInt8 } from './judge-int8.ts';

const { weights } = network;
const inputs = { input: photo('one', 2) };

/** What a wrong program makes of a value; `quantisation` where it is held in 8 bits. */
type Alter = (value: number, index: number, quantisation: Quantisation | undefined) => number;

/** The oracle of int8 as a backend, with one value altered. */
async function altered(
  calibration: Calibration,
  name: string,
  alter: Alter,
  asked: Calibration = calibration,
): Promise<Backend> {
  const reference = await referenceProvider().create();
  const quantisation = quantisationsOf(graph, calibration).get(name);
  return {
    ...reference,
    compile: async (given, itsWeights, { outputs = [] } = {}) => ({
      async run(tensors): Promise<TensorMap> {
        const run = (options: EvaluateInt8Options) =>
          evaluateInt8(given, itsWeights as typeof weights, tensors, asked, { outputs, ...options });
        const result = (x: Float64Tensor): Tensor => ({ shape: x.shape, data: Float32Array.from(x.data) });
        const wrong: Record<string, Tensor> = {};
        for (const [value, { shape, data }] of run({})) {
          if (value === name)
            wrong[name] = { shape, data: Float32Array.from(data, (x, i) => alter(x, i, quantisation)) };
        }
        // softmax reads logits that are float32
        const logits = run({ given: wrong }).get('fc8')!;
        const stored = { fc8: result(logits), ...wrong };
        return Object.fromEntries([...run({ given: stored })].map(([value, x]) => [value, wrong[value] ?? result(x)]));
      },
      memory: () => ({ hostBytes: 0, deviceBytes: 0 }),
      [Symbol.asyncDispose]: async () => {},
    }),
  };
}

describe('an int8 program', () => {
  let calibration: Calibration;
  beforeAll(async () => {
    const backend = await referenceProvider().create();
    calibration = await calibrate({ backend, graph, weights, samples: [inputs] });
  });

  const wrong = async (backend: Backend) => {
    const verdicts = await judgeInt8({ backend, graph, weights, calibration, inputs });
    return verdicts.filter(({ passed }) => !passed).map(({ value }) => value);
  };

  it('conforms when it computes what the oracle computes, and every value is judged but layers that end in a ReLU', async () => {
    const backend = await altered(calibration, 'none', (x) => x);
    const verdicts = await judgeInt8({ backend, graph, weights, calibration, inputs });
    expect(verdicts.filter(({ passed }) => !passed)).toEqual([]);
    expect(verdicts.map(({ value }) => value)).toEqual(
      graph.nodes.map(({ name }) => name).filter((name) => !['conv1', 'conv2', 'fc6'].includes(name)),
    );
  });

  it.each<{ why: string; value: string; alter: Alter; wrong: string[] }>([
    {
      why: 'one value in a thousand a step away, as ties may be',
      value: 'relu2',
      alter: (x, i, q) => x + (i % 1000 === 7 ? q!.scale : 0),
      wrong: [],
    },
    {
      why: 'one value two steps away',
      value: 'relu2',
      alter: (x, i, q) => x + (i === 7 ? 2 * q!.scale : 0),
      wrong: ['relu2'],
    },
    {
      why: 'one value in a hundred a step away',
      value: 'relu2',
      alter: (x, i, q) => x + (i % 100 === 7 ? q!.scale : 0),
      wrong: ['relu2'],
    },
    {
      why: 'a pooled value a step away',
      value: 'pool1',
      alter: (x, i, q) => x + (i === 7 ? q!.scale : 0),
      wrong: ['pool1'],
    },
    { why: 'logits off by a thousandth', value: 'fc8', alter: (x) => x * 1.001, wrong: ['fc8'] },
    { why: 'probabilities off by a thousandth', value: 'prob', alter: (x) => x * 1.001, wrong: ['prob'] },
  ])('is judged layer by layer: $why', async ({ value, alter, wrong: expected }) => {
    expect(await wrong(await altered(calibration, value, alter))).toEqual(expected);
  });

  it('fails where it quantises with other scales', async () => {
    const { relu2, ...others } = calibration.values;
    const coarser = { values: { ...others, relu2: { ...relu2!, scale: Math.fround(relu2!.scale * 1.1) } } };
    expect(await wrong(await altered(calibration, 'none', (x) => x, coarser))).toContain('relu2');
  });
});
