import { createVariant, seededWeights } from '@alexnet/core';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { differences, load } from './test-model.ts';
import { type TfjsFiles, toTfjs } from './to-tfjs.ts';

beforeAll(() => tf.setBackend('cpu'));

const { graph } = createVariant('bvlc-alexnet', { width: 1 / 16, classes: 10 });
const weights = seededWeights(graph, 3);
const bytesOf = ({ model, shards }: TfjsFiles) => Buffer.concat([model, ...[...shards].map(({ data }) => data)]);
const jsonOf = ({ model }: TfjsFiles) => JSON.parse(new TextDecoder().decode(model));

describe('an exported model', () => {
  it('has named inputs and outputs, images with channels last, any batch', async () => {
    const model = await load(toTfjs(graph, weights, { outputs: ['prob', 'norm1'] }));
    expect(model.inputs).toEqual([{ name: 'input', shape: [-1, 227, 227, 3], dtype: 'float32' }]);
    expect(model.outputs.map(({ name }) => name)).toEqual(['prob', 'norm1']);
    const extents = (shape: number[]) => ({ dim: shape.map((size) => ({ size: `${size}` })) });
    expect(model.modelSignature).toEqual({
      inputs: { input: { name: 'input:0', dtype: 'DT_FLOAT', tensorShape: extents([-1, 227, 227, 3]) } },
      outputs: {
        prob: { name: 'prob:0', dtype: 'DT_FLOAT', tensorShape: extents([-1, 10]) },
        norm1: { name: 'norm1:0', dtype: 'DT_FLOAT', tensorShape: extents([-1, 55, 55, 6]) },
      },
    });
    model.dispose();
  });

  it('takes its input alone or by name, and any layer can be asked for', async () => {
    const model = await load(toTfjs(graph, weights));
    const image = tf.randomUniform([1, 227, 227, 3]);
    const want = (model.predict(image) as tf.Tensor).dataSync();
    expect((model.predict({ input: image }) as tf.Tensor).dataSync()).toEqual(want);
    const [pool5, prob] = model.execute({ input: image }, ['pool5', 'prob']) as tf.Tensor[];
    expect(pool5!.shape).toEqual([1, 6, 6, 16]);
    expect(prob!.dataSync()).toEqual(want);
    model.dispose();
  });

  it('runs the same from many shards', async () => {
    const { paths } = jsonOf(toTfjs(graph, weights, { shardBytes: 100_000 })).weightsManifest[0];
    expect(paths.length).toBeGreaterThan(3);
    expect(paths.at(-1)).toBe(`group1-shard${paths.length}of${paths.length}.bin`);
    expect((await differences(graph, weights, 1, { shardBytes: 100_000 }))['prob']).toBeLessThan(1e-5);
  });

  it('has shards of 4 MB unless told otherwise', () => {
    const wide = createVariant('bvlc-alexnet', { width: 1 / 4, classes: 10 }).graph;
    const sizes = [...toTfjs(wide, seededWeights(wide, 3)).shards].map(({ data }) => data.byteLength);
    expect(sizes.length).toBeGreaterThan(2);
    expect(new Set(sizes.slice(0, -1))).toEqual(new Set([4_194_304]));
  });

  it('is the same bytes each time', () => {
    const files = toTfjs(graph, weights);
    const first = bytesOf(files);
    expect(Buffer.compare(first, bytesOf(toTfjs(graph, weights)))).toBe(0);
    expect(Buffer.compare(first, bytesOf(files))).toBe(0); // the shards can be asked for again
  });

  it('has no weights in model.json and does not read them before a shard is asked for', () => {
    const untouched = new Map(
      graph.parameters.map(({ name, shape }) => {
        const { data } = weights.get(name)!;
        let reads = 0;
        return [
          name,
          {
            shape,
            get data() {
              reads++;
              if (reads > 1) throw new Error(`${name} was read`);
              return data;
            },
          },
        ];
      }),
    );
    expect(toTfjs(graph, untouched).model.byteLength).toBeLessThan(20_000);
  });

  it('tells what it was told, and of which graph it is', async () => {
    const model = await load(toTfjs(graph, weights, { metadata: { variant: 'bvlc-alexnet', labels: undefined } }));
    expect(model.metadata).toEqual({ graph: 'bvlc-alexnet', variant: 'bvlc-alexnet' });
    model.dispose();
  });

  it.each([
    { why: 'weights that are missing', run: () => toTfjs(graph, new Map()), code: 'invalid-weights' },
    {
      why: 'an output that does not exist',
      run: () => toTfjs(graph, weights, { outputs: ['fc9'] }),
      code: 'unknown-name',
    },
    { why: 'shards of no whole words', run: () => toTfjs(graph, weights, { shardBytes: 1022 }), code: 'invalid-input' },
    {
      why: 'names of shards that leave the folder',
      run: () => toTfjs(graph, weights, { group: '../a' }),
      code: 'invalid-input',
    },
    { why: 'shards of nothing', run: () => toTfjs(graph, weights, { shardBytes: 0 }), code: 'invalid-input' },
    {
      why: 'metadata that TensorFlow.js would take for a signature',
      run: () => toTfjs(graph, weights, { metadata: { signature: 'me' } }),
      code: 'invalid-input',
    },
  ])('is refused for $why', ({ run, code }) => {
    expect(run).toThrow(expect.objectContaining({ code }));
  });
});
