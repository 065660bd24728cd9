import {
  AlexNetError,
  checkInputs,
  type Graph,
  inferShapes,
  type Program,
  type RunOptions,
  sizeOf,
  type Tensor,
  type TensorMap,
  throwIfAborted,
} from '@alexnet/core';
import type { Tensor as TfTensor } from '@tensorflow/tfjs-core';
import type { EngineKind } from '../engines/engine.ts';
import type { Lease } from '../engines/lease.ts';
import { disposeAll } from '../lower/dispose.ts';
import { fromNhwc, toNhwc } from '../lower/layout.ts';
import type { Lowered } from '../lower/lower.ts';
import type { Tfjs } from '../tfjs.ts';
import { createDevice } from './device.ts';
import { disposedError, engineError } from './errors.ts';

export interface ProgramParts {
  readonly tf: Tfjs;
  readonly kind: EngineKind;
  readonly title: string;
  readonly lease: Lease;
  readonly graph: Graph;
  readonly outputs: readonly string[];
  readonly lowered: Lowered;
}

/** A program over tensors of tfjs. A run is one synchronous stretch of tfjs's calls, then the wait for the results. */
export function createProgram({ tf, kind, title, lease, graph, outputs, lowered }: ProgramParts): Program {
  const shapes = inferShapes(graph).values;
  const where = `running ${graph.name}`;
  const bytes = kind.weightCopies * lowered.held.reduce((sum, { size }) => sum + 4 * size, 0);
  const device = createDevice({ tf, kind, title, lease, where });
  let disposed = false;
  const underWay = new Set<Promise<TensorMap>>();

  const compute = (inputs: TensorMap, batch: number): TfTensor[] => {
    const values = new Map<string, TfTensor>();
    for (const { name, shape } of graph.inputs) values.set(name, toTf(tf, inputs[name]!.data, batch, shape));
    for (const { name, input, compute: step } of lowered.steps) values.set(name, step(values.get(input)!));
    return outputs.map((name) => values.get(name)!);
  };

  const read = async (name: string, result: TfTensor, batch: number): Promise<Tensor> => {
    const shape = shapes.get(name)!;
    const data = (await result.data()) as Float32Array;
    const image = result.rank === 4 ? shape : lowered.imageOf(name);
    return { shape: [batch, ...shape], data: image === undefined ? data.slice() : fromNhwc(data, image) };
  };

  const execute = async (inputs: TensorMap, { signal }: RunOptions): Promise<TensorMap> => {
    if (disposed) throw disposedError('program');
    device.check();
    throwIfAborted(signal, 'run');
    const batch = checkInputs(graph, inputs);
    const tensors = await device.run(
      kind.form.flags?.(batch) ?? {},
      () => compute(inputs, batch),
      (results) => Promise.all(results.map((each, i) => read(outputs[i]!, each, batch))),
    );
    throwIfAborted(signal, 'run');
    return Object.fromEntries(outputs.map((name, i) => [name, tensors[i]!]));
  };

  const run = async (inputs: TensorMap, options: RunOptions = {}): Promise<TensorMap> => {
    const running = execute(inputs, options);
    underWay.add(running);
    return running.finally(() => underWay.delete(running));
  };

  return {
    run,
    async warmup(batch = 1) {
      if (!Number.isSafeInteger(batch) || batch < 1) {
        throw new AlexNetError({
          code: 'invalid-input',
          message: `The batch size must be a whole number from 1 on, got ${batch}`,
          where: 'warmup',
        });
      }
      await run(Object.fromEntries(graph.inputs.map(({ name, shape }) => [name, zeros([batch, ...shape], where)])));
    },
    memory() {
      const held = disposed ? 0 : bytes;
      return kind.memory === 'host' ? { hostBytes: held, deviceBytes: 0 } : { hostBytes: 0, deviceBytes: held };
    },
    async [Symbol.asyncDispose]() {
      if (disposed) return;
      disposed = true;
      await Promise.allSettled(underWay); // the engine is given up only without tensors in it
      disposeAll(tf, lowered.held);
    },
  };
}

/** Errors: `out-of-memory`. */
function zeros(shape: readonly number[], where: string): Tensor {
  try {
    return { shape, data: new Float32Array(sizeOf(shape)) };
  } catch (cause) {
    throw engineError(cause, 'JavaScript', where);
  }
}

/** Images become NHWC; flat values are copied, since tfjs keeps what it is given. */
function toTf(tf: Tfjs, data: Float32Array, batch: number, shape: readonly number[]): TfTensor {
  if (shape.length !== 3) return tf.tensor(data.slice(), [batch, ...shape]);
  const [channels, height, width] = shape as [number, number, number];
  return tf.tensor4d(toNhwc(data, shape), [batch, height, width, channels]);
}
