import { checkInputs } from '../backend/inputs.ts';
import { AlexNetError, throwIfAborted } from '../error.ts';
import { evaluateSteps, type Float64Tensor } from '../oracle/evaluate.ts';
import { type Shape, sizeOf, type Tensor, type TensorMap, type Weights } from '../tensor.ts';
import { createTurns } from '../turns.ts';
import { untilDone } from '../until-done.ts';
import { checkTrainingOutputs } from './check-outputs.ts';
import { checkState, type GivenState, slotShapes } from './check-state.ts';
import { checkStep } from './check-step.ts';
import { evaluateTrainingSteps, type FloatWeights } from './evaluate.ts';
import type { TrainingInputs } from './inputs.ts';
import { checkOptimiser, clipFactor, ratesOf, slotName, slotsOf, update } from './optimiser.ts';
import { statisticFactor } from './statistic-factor.ts';
import type { StepOptions, StepResult, Trainer, TrainerState, TrainingOptions } from './trainer.ts';
import type { TrainingGraph } from './training-graph.ts';

interface Held {
  readonly shape: Shape;
  readonly data: Float64Array;
}

/**
 * The oracle of training as a trainer: all in float64, the state too, without rounding between steps.
 * Errors: `invalid-graph`, `invalid-weights`, `invalid-input`, `unknown-name`, `aborted`.
 */
export async function referenceTrainer(
  training: TrainingGraph,
  weights: Weights,
  { optimiser, outputs = [], signal }: TrainingOptions,
): Promise<Trainer> {
  throwIfAborted(signal, 'compileTraining');
  checkOptimiser(
    optimiser,
    training.parameters.map(({ name }) => name),
  );
  checkTrainingOutputs(training, outputs);
  const { rule } = optimiser;
  const trained = training.gradients.map(({ parameter }) => parameter);
  let parameters = new Map<string, Held>();
  let slots = new Map<string, Held>();
  const turns = createTurns();
  let disposed = false;

  const load = (state: GivenState) => {
    const kept = checkState(training, rule, state);
    parameters = new Map(training.parameters.map(({ name }) => [name, widened(state.weights.get(name)!)]));
    slots = new Map(
      [...slotShapes(training, rule)].map(([name, shape]) => [
        name,
        widened(kept.get(name) ?? { shape, data: new Float32Array(sizeOf(shape)) }),
      ]),
    );
  };
  load({ weights });

  /** One after the other, in the order of the calls. */
  const inTurn = <T>(options: { readonly signal?: AbortSignal } | undefined, work: () => Promise<T>): Promise<T> =>
    turns(
      () => {
        if (disposed) throw gone();
        return work();
      },
      { signal: options?.signal, what: 'training' },
    );

  const stepNow = async (inputs: TrainingInputs, options: StepOptions): Promise<StepResult> => {
    const batch = checkStep(training, inputs, options);
    const { learningRate, signal: stop } = options;
    const values = await untilDone(evaluateTrainingSteps(training, parameters, inputs), stop, 'step');
    const gradients = training.gradients.map(({ value }) => values.get(value)!.data);
    const norm = Math.sqrt(gradients.reduce((sum, g) => g.reduce((part, value) => part + value ** 2, sum), 0));
    const factor = clipFactor(optimiser.clipNorm, norm);
    for (const [i, parameter] of trained.entries()) {
      const g = gradients[i]!.map((value) => value * factor);
      const own = slotsOf(rule).map((slot) => slots.get(slotName(parameter, slot))!.data);
      update(rule, ratesOf(optimiser, parameter, learningRate), parameters.get(parameter)!.data, g, own);
    }
    moveStatistics(training, parameters, values, batch);
    return {
      loss: training.loss === undefined ? Number.NaN : values.get(training.loss)!.data[0]!,
      scores: narrowed(values.get(training.scores)!),
    };
  };

  return {
    step: (inputs, options) => inTurn(options, () => stepNow(inputs, options)),

    evaluate: (inputs, options) =>
      inTurn(options, async () => {
        checkInputs(training.network, inputs);
        const now = new Map([...parameters].map(([name, held]) => [name, narrowed(held)]));
        const values = await untilDone(evaluateSteps(training.network, now, inputs), options?.signal, 'evaluate');
        return narrowedMap(values);
      }),

    values: (inputs, options) =>
      inTurn(options, async () => {
        const values = await untilDone(evaluateTrainingSteps(training, parameters, inputs), options?.signal, 'values');
        return narrowedMap(outputs.map((name) => [name, values.get(name)!] as const));
      }),

    weights: () => inTurn(undefined, async () => narrowedWeights(parameters)),
    state: () =>
      inTurn(
        undefined,
        async (): Promise<TrainerState> => ({ weights: narrowedWeights(parameters), slots: narrowedWeights(slots) }),
      ),
    load: (state) => inTurn(undefined, async () => load(state)),

    memory: () => ({
      hostBytes: [...parameters.values(), ...slots.values()].reduce((sum, { data }) => sum + data.byteLength, 0),
      deviceBytes: 0,
    }),

    async [Symbol.asyncDispose]() {
      disposed = true;
      await turns(async () => {
        parameters = new Map();
        slots = new Map();
      });
    },
  };
}

function moveStatistics(
  { statistics }: TrainingGraph,
  parameters: ReadonlyMap<string, Held>,
  values: ReadonlyMap<string, Float64Tensor>,
  batch: number,
): void {
  for (const statistic of statistics) {
    const moving = parameters.get(statistic.parameter)!.data;
    const now = values.get(statistic.value)!.data;
    const factor = statisticFactor(statistic, batch);
    const { momentum } = statistic;
    for (let c = 0; c < moving.length; c++) moving[c] = momentum * moving[c]! + (1 - momentum) * factor * now[c]!;
  }
}

function widened({ shape, data }: Tensor): Held {
  return { shape, data: Float64Array.from(data) };
}

function narrowed({ shape, data }: Held | Float64Tensor): Tensor {
  return { shape, data: Float32Array.from(data) };
}

function narrowedMap(values: Iterable<readonly [string, Float64Tensor]>): TensorMap {
  return Object.fromEntries([...values].map(([name, value]) => [name, narrowed(value)]));
}

function narrowedWeights(held: FloatWeights): Weights {
  return new Map([...held].map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]));
}

function gone(): AlexNetError {
  return new AlexNetError({
    code: 'disposed',
    message: 'The trainer was disposed before this call',
    fix: 'Compile again.',
  });
}
