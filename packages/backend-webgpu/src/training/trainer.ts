import {
  checkInputs,
  checkStep,
  checkTrainingInputs,
  createTurns,
  type RunOptions,
  type StepOptions,
  type StepResult,
  sizeOf,
  type TensorMap,
  type Trainer,
  type TrainingInputs,
  throwIfAborted,
  withBatch,
} from '@alexnet/core';
import type { Device } from '../device/device.ts';
import { deviceError, disposedError, lostError } from '../device/errors.ts';
import { type PlanLimits, planBatch } from '../plan/plan.ts';
import type { BufferName } from '../plan/step.ts';
import { keepBatches } from '../program/batches.ts';
import { execute, executeOnceWritten } from '../program/execute.ts';
import { gradientBuffers } from './computation.ts';
import type { TrainingNetwork } from './network.ts';
import type { Parameters } from './parameters.ts';
import { planTraining } from './plan.ts';
import type { Updates } from './updates.ts';

export interface TrainerParts {
  readonly device: Device;
  readonly network: TrainingNetwork;
  readonly parameters: Parameters;
  readonly updates: Updates;
  /** What `values` returns. */
  readonly outputs: readonly string[];
  readonly limits: PlanLimits;
}

/** Batch sizes that stay prepared, for each kind of run: that of an epoch, and that of its last batch. */
const PREPARED = 2;

/** A trainer over one device. The parameters are its own from now on. One thing is done after the other, in the order of the calls. */
export function createTrainer({ device, network, parameters, updates, outputs, limits }: TrainerParts): Trainer {
  const { training, inference } = network;
  const { buffers } = parameters;
  const stepOutputs = stepOutputsOf(network);
  const plans = {
    step: keepBatches(device, buffers, PREPARED, (batch) =>
      planTraining(network, { outputs: stepOutputs, updates }, batch, limits),
    ),
    values: keepBatches(device, buffers, PREPARED, (batch) => planTraining(network, { outputs }, batch, limits)),
    evaluate: keepBatches(device, buffers, PREPARED, (batch) => planBatch(inference, batch, limits)),
  };
  const turns = createTurns();
  let disposed = false;

  const inTurn = <T>(what: string, { signal }: RunOptions, work: () => Promise<T>): Promise<T> => {
    const now = async () => {
      if (disposed) throw disposedError('trainer');
      try {
        const reason = device.lost();
        if (reason !== undefined) throw lostError(reason);
        if (what !== 'load') parameters.checkWhole();
        return await work();
      } catch (cause) {
        const reason = device.lost();
        throw reason === undefined ? deviceError(cause, `${what} of ${training.name}`) : lostError(reason, cause);
      }
    };
    return turns(now, { signal, what });
  };

  /** What the device has it does; who aborts meanwhile gets no result of it. */
  const run = async (
    kind: 'values' | 'evaluate',
    batch: number,
    inputs: TensorMap,
    signal: AbortSignal | undefined,
  ) => {
    const ready = await plans[kind].get(batch);
    throwIfAborted(signal, kind);
    const results = await execute(device, ready, inputs);
    throwIfAborted(signal, kind);
    return results;
  };

  const stepNow = async (inputs: TrainingInputs, options: StepOptions): Promise<StepResult> => {
    const batch = checkStep(training, inputs, options);
    const { learningRate, signal } = options;
    const ready = await plans.step.get(batch);
    throwIfAborted(signal, 'step');
    const results = await executeOnceWritten(device, ready, inputs, () => parameters.writeStep({ learningRate }));
    return {
      loss: training.loss === undefined ? Number.NaN : results.get(training.loss)![0]!,
      scores: tensorOf(network, training.scores, batch, results),
    };
  };

  return {
    step: (inputs, options) => inTurn('step', options, () => stepNow(inputs, options)),

    evaluate: (inputs, options = {}) =>
      inTurn('evaluate', options, async () => {
        const batch = checkInputs(training.network, inputs);
        const results = await run('evaluate', batch, inputs, options.signal);
        return Object.fromEntries(
          [...results].map(([name, data]) => [name, { shape: [batch, ...inference.shapes.get(name)!], data }]),
        );
      }),

    values: (inputs, options = {}) =>
      inTurn('values', options, async () => {
        const batch = checkTrainingInputs(training, inputs);
        const results = await run('values', batch, inputs, options.signal);
        return Object.fromEntries(outputs.map((name) => [name, tensorOf(network, name, batch, results)]));
      }),

    weights: () => inTurn('weights', {}, () => parameters.readWeights()),
    state: () =>
      inTurn('state', {}, async () => ({
        weights: await parameters.readWeights(),
        slots: await parameters.readSlots(),
      })),
    load: (state) => inTurn('load', {}, () => parameters.write(state)),

    memory: () => ({ hostBytes: 0, deviceBytes: disposed ? 0 : parameters.bytes }),

    async [Symbol.asyncDispose]() {
      disposed = true;
      await turns(async () => {
        await Promise.all(Object.values(plans).map((plan) => plan.release()));
        parameters.release();
      });
    },
  };
}

function stepOutputsOf({ training: { loss, scores } }: TrainingNetwork): readonly string[] {
  return loss === undefined ? [scores] : [loss, scores];
}

/** A value as callers have it, from what was read back. */
function tensorOf(
  { shapes, constants, parameterOf, parameterBuffers }: TrainingNetwork,
  name: string,
  batch: number,
  results: ReadonlyMap<BufferName, Float32Array>,
): TensorMap[string] {
  const shape = withBatch(shapes, name, batch);
  const parameter = parameterOf(name);
  if (parameter === undefined) return { shape, data: results.get(name)! };
  const data = new Float32Array(sizeOf(shape));
  const buffers = parameterBuffers(parameter);
  for (const [i, buffer] of gradientBuffers(name, buffers).entries()) {
    constants.get(buffers[i]!.name)!.read!(results.get(buffer)!, data);
  }
  return { shape, data };
}
