import {
  checkInputs,
  checkStep,
  checkTrainingInputs,
  createTurns,
  type GivenState,
  inferTrainingShapes,
  type Named,
  type Optimiser,
  type RunOptions,
  type StepOptions,
  type StepResult,
  sourceOfWeights,
  type Tensor,
  type TensorMap,
  type Trainer,
  type TrainingGraph,
  type TrainingInputs,
  type Weights,
} from '@alexnet/core';
import type { Tensor as TfTensor } from '@tensorflow/tfjs-core';
import { constantsOf } from '../lower/constants.ts';
import { createDevice, type DeviceParts } from '../runtime/device.ts';
import { disposedError, engineError } from '../runtime/errors.ts';
import { parameterToDevice, parameterToGraph, valueToDevice, valueToGraph, zerosOnDevice } from './layout.ts';
import { type Plan, type Plans, plansOf } from './plan.ts';
import { type CheckedState, checkedState, holdState, tensorsOf } from './state.ts';
import { stateAfter } from './step.ts';

export interface TrainerParts extends DeviceParts {
  readonly training: TrainingGraph;
  readonly weights: Weights;
  readonly optimiser: Optimiser;
  readonly outputs: readonly string[];
}

/** Something on the device, as the graph has it. */
type Read = () => TfTensor;

/**
 * A trainer over tensors of tfjs, which each step replaces.
 * Errors: `invalid-weights`, `out-of-memory`, `backend-failure`, `device-lost`.
 */
export async function createTrainer(parts: TrainerParts): Promise<Trainer> {
  const { tf, kind, training, optimiser, outputs } = parts;
  const { network } = training;
  const device = createDevice(parts);
  const shapes = inferTrainingShapes(training);
  const state = holdState(tf);
  const failed = (cause: unknown) => engineError(cause, parts.title, parts.where);
  const constants = constantsOf(
    { tf, kind, backend: device.backend, failed },
    sourceOfWeights(parts.weights),
    undefined,
  );
  const turns = createTurns();
  let disposed = false;

  const release = () => {
    constants.release();
    state.release();
  };

  /** Issues work for so many samples, and reads what it gives. */
  const read = (batch: number, issue: () => readonly Read[]): Promise<readonly Tensor[]> =>
    device.run(
      kind.training.flags ?? kind.form.flags?.(batch) ?? {},
      () => issue().map((each) => each()),
      (results) =>
        Promise.all(
          results.map(async (result) => ({
            shape: result.shape,
            data: ((await result.data()) as Float32Array).slice(), // some engines give their own array
          })),
        ),
    );

  const load = (given: GivenState): Promise<void> => {
    const { weights, slots } = checkedState(training, optimiser, given);
    const toDevice = (tensors: CheckedState['slots']) =>
      new Map(
        [...tensors].map(([name, { shape, data }]) => [
          name,
          data === undefined ? zerosOnDevice(tf, shape) : parameterToDevice(tf, data, shape),
        ]),
      );
    return state.change(async (replace) => {
      await read(1, () => {
        replace({ parameters: toDevice(weights), slots: toDevice(slots) });
        return [];
      });
    });
  };

  const toDevice = (declared: readonly Named[], inputs: TensorMap): Map<string, TfTensor> =>
    new Map(declared.map(({ name }) => [name, valueToDevice(tf, inputs[name]!.data, inputs[name]!.shape)]));

  const asInGraph = (name: string, values: ReadonlyMap<string, TfTensor>): Read => {
    const toGraph = shapes.overBatch.has(name) ? parameterToGraph : valueToGraph;
    return () => toGraph(tf, values.get(name)!);
  };

  let plans: Plans;
  try {
    const { form, training: trainingForm } = kind;
    const shapeOf = (value: string) => shapes.values.get(value)!;
    const { hold } = constants;
    const { backend } = device;
    const checkOperand = (operand: TfTensor) => kind.checkWeights?.(backend, [operand]);
    const context = { tf, backend, form, training: trainingForm, shapeOf, checkOperand, hold };
    plans = plansOf(training, outputs, context);
    await load(parts);
    kind.checkWeights?.(device.backend, tensorsOf(state.now()));
  } catch (cause) {
    release();
    throw failed(cause);
  }

  const step = (inputs: TrainingInputs, options: StepOptions): Promise<StepResult> => {
    const batch = checkStep(training, inputs, options);
    const { learningRate } = options;
    const told = training.loss === undefined ? [training.scores] : [training.scores, training.loss];
    return state.change(async (replace) => {
      const [scores, loss] = await read(batch, () => {
        const values = plans.step.run(toDevice(training.inputs, inputs), state.now().parameters);
        replace(stateAfter(tf, { training, optimiser, learningRate, batch }, state.now(), values));
        return told.map((name) => asInGraph(name, values));
      });
      return { loss: loss === undefined ? Number.NaN : loss.data[0]!, scores: scores! };
    });
  };

  /** What a plan computes from inputs. */
  const compute = async (
    plan: Plan,
    declared: readonly Named[],
    inputs: TensorMap,
    batch: number,
  ): Promise<TensorMap> => {
    const tensors = await read(batch, () => {
      const values = plan.run(toDevice(declared, inputs), state.now().parameters);
      return plan.wanted.map((name) => asInGraph(name, values));
    });
    return Object.fromEntries(plan.wanted.map((name, i) => [name, tensors[i]!]));
  };

  const toHost = async (held: ReadonlyMap<string, TfTensor>): Promise<Weights> => {
    const tensors = await read(1, () => [...held.values()].map((tensor) => () => parameterToGraph(tf, tensor)));
    return new Map([...held.keys()].map((name, i) => [name, tensors[i]!]));
  };

  /** One after the other, in the order of the calls. */
  const inTurn = <T>(options: RunOptions | undefined, work: () => Promise<T>): Promise<T> =>
    turns(
      () => {
        if (disposed) throw disposedError('trainer');
        device.check();
        return work();
      },
      { signal: options?.signal, what: 'training' },
    );

  return {
    step: (inputs, options) => inTurn(options, async () => step(inputs, options)),
    evaluate: (inputs, options) =>
      inTurn(options, async () => compute(plans.evaluate, network.inputs, inputs, checkInputs(network, inputs))),
    values: (inputs, options) =>
      inTurn(options, async () =>
        compute(plans.values, training.inputs, inputs, checkTrainingInputs(training, inputs)),
      ),
    weights: () => inTurn(undefined, () => toHost(state.now().parameters)),
    state: () =>
      inTurn(undefined, async () => ({
        weights: await toHost(state.now().parameters),
        slots: await toHost(state.now().slots),
      })),
    load: (given) => inTurn(undefined, async () => load(given)),
    memory() {
      const tensors = disposed ? [] : [...constants.held, ...tensorsOf(state.now())];
      const bytes = tensors.reduce((sum, { size }) => sum + 4 * size, 0);
      return kind.memory === 'host' ? { hostBytes: bytes, deviceBytes: 0 } : { hostBytes: 0, deviceBytes: bytes };
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
      await turns(async () => release());
    },
  };
}
