import {
  evaluate,
  type Graph,
  inferShapes,
  philoxStream,
  type Shape,
  sizeOf,
  type TensorMap,
  type Weights,
} from '@alexnet/core';
import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { fromNhwc, toNhwc } from '../lower/layout.ts';
import { type TfjsFiles, type ToTfjsOptions, toTfjs } from './to-tfjs.ts';

/*
 * For tests: an exported model in plain TensorFlow.js, beside the oracle.
 */

/** Loads a model as a page would, from nothing but its files. */
export async function load({ model, shards }: TfjsFiles): Promise<GraphModel> {
  const json = JSON.parse(new TextDecoder().decode(model));
  const files = new Map([...shards].map(({ name, data }) => [name, data]));
  const paths: string[] = json.weightsManifest.flatMap((group: { paths: string[] }) => group.paths);
  const weightData = Uint8Array.from(Buffer.concat(paths.map((path) => files.get(path)!))).buffer;
  return loadGraphModel(
    tf.io.fromMemory({
      ...json,
      weightSpecs: json.weightsManifest.flatMap((group: { weights: tf.io.WeightsManifestEntry[] }) => group.weights),
      weightData,
    }),
  );
}

/** Seeded values on (-1, 1) for every input. */
export function seededInputs(graph: Graph, batch: number): TensorMap {
  return Object.fromEntries(
    graph.inputs.map(({ name, shape }, index) => {
      const words = philoxStream([0, 0, 0, 0], [index, 7], batch * sizeOf(shape));
      return [name, { shape: [batch, ...shape], data: Float32Array.from(words, (word) => word / 2 ** 31 - 1) }];
    }),
  );
}

/**
 * Per output, the largest difference between an exported graph in TensorFlow.js and the oracle, divided by the largest value.
 * Throws where a shape or a name differs.
 */
export async function differences(
  graph: Graph,
  weights: Weights,
  batch: number,
  options: ToTfjsOptions = {},
): Promise<Record<string, number>> {
  const outputs = options.outputs ?? graph.outputs;
  const inputs = seededInputs(graph, batch);
  const want = evaluate(graph, weights, inputs, { outputs });
  const model = await load(toTfjs(graph, weights, options));
  try {
    const { values } = inferShapes(graph);
    const got = tf.tidy(() => {
      const operands = graph.inputs.map(
        ({ name, shape }) => [name, operand(shape, inputs[name]!.data, batch)] as const,
      );
      const results = [model.execute(Object.fromEntries(operands), [...outputs])].flat();
      return results.map((result) => ({ shape: result.shape, data: result.dataSync() as Float32Array }));
    });
    return Object.fromEntries(
      outputs.map((name, index) => {
        const { shape, data } = got[index]!;
        if (`${shape}` !== `${tensorShape(values.get(name)!, batch)}`) throw new Error(`${name} has shape ${shape}`);
        const chw = values.get(name)!.length === 3 ? fromNhwc(data, values.get(name)!) : data;
        return [name, difference(chw, want.get(name)!.data)];
      }),
    );
  } finally {
    model.dispose();
  }
}

function operand(shape: Shape, data: Float32Array, batch: number): tf.Tensor {
  return tf.tensor(shape.length === 3 ? toNhwc(data, shape) : data, tensorShape(shape, batch));
}

function tensorShape(shape: Shape, batch: number): number[] {
  const [channels, ...extents] = shape;
  return [batch, ...extents, channels!];
}

function difference(got: Float32Array, want: Float64Array): number {
  const largest = want.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return want.reduce((most, value, i) => Math.max(most, Math.abs(got[i]! - value)), 0) / largest;
}

/** The outputs that differ from the oracle's by more than float32 explains. */
export function wrong(differing: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(differing).filter(([, found]) => !(found < 1e-5)));
}
