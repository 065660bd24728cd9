import {
  AlexNetError,
  annotateFusions,
  checkInputs,
  dropDropout,
  foldBatchNorm,
  foldPadding,
  type Graph,
  inferShapes,
  type Program,
  type Tensor,
  type Weights,
} from '@alexnet/core';
import type { Tensor as TfTensor } from '@tensorflow/tfjs-core';
import type { Tfjs } from './engine.ts';
import { fromNhwc, toNhwc } from './layout.ts';
import { lower } from './lower.ts';

/** The network as calls of tfjs, its weights on the device. */
export function createProgram(tf: Tfjs, graph: Graph, weights: Weights): Program {
  const folded = foldBatchNorm(foldPadding(dropDropout(graph)), weights);
  const shapes = inferShapes(graph).values;
  const { steps, held } = lower(tf, annotateFusions(folded.graph), folded.weights);
  const bytes = held.reduce((sum, { size }) => sum + 4 * size, 0);
  let disposed = false;

  return {
    async run(inputs) {
      if (disposed) throw new AlexNetError({ code: 'disposed', message: 'The program was disposed before this call' });
      const batch = checkInputs(graph, inputs);
      const results = tf.tidy(() => {
        const values = new Map(
          graph.inputs.map(({ name, shape }): [string, TfTensor] => {
            const { data } = inputs[name]!;
            if (shape.length !== 3) return [name, tf.tensor(data, [batch, ...shape])];
            const [channels, height, width] = shape as [number, number, number];
            return [name, tf.tensor4d(toNhwc(data, shape), [batch, height, width, channels])];
          }),
        );
        for (const { name, compute } of steps) values.set(name, compute(values));
        return graph.outputs.map((name) => values.get(name)!);
      });
      try {
        const read = await Promise.all(results.map((result) => result.data()));
        return Object.fromEntries(
          graph.outputs.map((name, i): [string, Tensor] => {
            const shape = [batch, ...shapes.get(name)!];
            const data = read[i] as Float32Array;
            const image = results[i]!.shape.length === 4;
            return [name, { shape, data: image ? fromNhwc(data, shapes.get(name)!) : data }];
          }),
        );
      } finally {
        tf.dispose(results);
      }
    },
    memory: () => ({ hostBytes: 0, deviceBytes: disposed ? 0 : bytes }),
    async [Symbol.asyncDispose]() {
      if (!disposed) tf.dispose([...held]);
      disposed = true;
    },
  };
}
