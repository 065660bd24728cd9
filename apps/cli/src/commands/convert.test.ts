import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createVariant, evaluate, philoxStream, seededWeights } from '@alexnet/core';
import '@tensorflow/tfjs-backend-cpu';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alexnet } from '../testing/run-command.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alexnet-convert-'));
  await tf.setBackend('cpu');
});
afterAll(() => rm(folder, { recursive: true }));

const size = 67;
const narrow = ['--width', '0.125', '--classes', '7', '--input-size', `${size}`];
const { graph } = createVariant('torchvision', { width: 0.125, classes: 7, inputSize: size });
const weights = seededWeights(graph, 1);

/** Runs `alexnet convert` of seeded weights in this process and returns its exit code. */
const convert = (...args: readonly string[]) =>
  alexnet('convert', 'seed:1', ...args, '--variant', 'torchvision', ...narrow);

/** What `tf.io.fileSystem` of TensorFlow.js for Node does: weights are found beside model.json. */
async function loadFile(path: string) {
  const json = JSON.parse(await readFile(path, 'utf8'));
  const [{ paths, weights: weightSpecs }] = json.weightsManifest;
  const shards = await Promise.all(paths.map((shard: string) => readFile(join(dirname(path), shard))));
  return loadGraphModel(
    tf.io.fromMemory({ ...json, weightSpecs, weightData: Uint8Array.from(Buffer.concat(shards)).buffer }),
  );
}

describe('convert to TensorFlow.js', () => {
  it('writes model.json and its shards into a folder that it makes, and TensorFlow.js runs them', async () => {
    const path = join(folder, 'new', 'folder', 'model.json');
    expect(await convert(path, '--to', 'tfjs')).toBe(0);
    expect((await readdir(dirname(path))).sort()).toEqual(['group1-shard1of1.bin', 'model.json']);
    const model = await loadFile(path);
    expect(model.metadata).toMatchObject({ variant: 'torchvision', preprocessing: { channels: 'RGB' } });

    const nhwc = Float32Array.from(
      philoxStream([0, 0, 0, 0], [3, 7], 2 * size * size * 3),
      (word) => word / 2 ** 31 - 1,
    );
    const image = tf.tensor4d(nhwc, [2, size, size, 3]);
    const nchw = tf.transpose(image, [0, 3, 1, 2]).dataSync() as Float32Array;
    const want = evaluate(graph, weights, { input: { shape: [2, 3, size, size], data: nchw } }).get('prob')!.data;
    const got = (model.predict(image) as tf.Tensor).dataSync();
    expect(got).toHaveLength(want.length);
    want.forEach((value, i) => {
      expect(Math.abs(got[i]! - value)).toBeLessThan(1e-6);
    });
    model.dispose();
  });

  it('writes model.json under the name that it was given, last, with weight files of its own', async () => {
    await convert(join(folder, 'named.json'));
    await convert(join(folder, 'other.json'));
    const written = async (name: string) => (await stat(join(folder, name), { bigint: true })).mtimeNs;
    expect(await written('named.json')).toBeGreaterThanOrEqual(await written('named-shard1of1.bin'));
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['named-shard1of1.bin', 'other-shard1of1.bin']));
  });
});

describe('convert to ONNX', () => {
  it('writes one file into a folder that it makes', async () => {
    const path = join(folder, 'onnx', 'model.onnx');
    expect(await convert(path)).toBe(0);
    expect(await readdir(dirname(path))).toEqual(['model.onnx']);
  });
});
