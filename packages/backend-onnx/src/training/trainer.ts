import {
  AlexNetError,
  checkInputs,
  checkOptimiser,
  checkState,
  checkStep,
  checkTrainingInputs,
  checkTrainingOutputs,
  createTurns,
  type GivenState,
  type RunOptions,
  type Shape,
  type StepResult,
  sizeOf,
  type Tensor,
  type TensorMap,
  type Trainer,
  type TrainingGraph,
  type TrainingOptions,
  throwIfAborted,
  type Weights,
} from '@alexnet/core';
import { encodeModel, type OnnxModel } from '../model/onnx.ts';
import { concatenate } from '../model/protobuf.ts';
import type { Engine, OnnxSession, OnnxTensor } from '../runtime/engine.ts';
import { disposedError, engineError } from '../runtime/errors.ts';
import { inferenceModel, stateShapes, stepModel, valuesModel } from './model.ts';
import { changedBy, LEARNING_RATE, nextOf } from './update.ts';

/**
 * A trainer over ONNX Runtime's inference: one session whose inputs and outputs are the state. The native engine reads and writes the state
 * where it is, in two sets of arrays that take turns; the WebAssembly builds copy it in and out of their memory at each step.
 */
export async function createTrainer(
  engine: Engine,
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

  const { Tensor: EngineTensor } = engine.runtime;
  const inTurn = engine.turns ?? createTurns();
  const shapes = stateShapes(training, optimiser);
  const changed = changedBy(training, optimiser);
  const parameters = training.parameters.map(({ name }) => name);
  const asTensor = ({ shape, data }: Tensor) => new EngineTensor('float32', data, shape);
  const open = (model: OnnxModel): Promise<OnnxSession> =>
    engine.runtime.InferenceSession.create(concatenate(encodeModel(model)), engine.session).catch((cause: unknown) => {
      throw engineError(cause, engine.name, `compiling ${model.name}`);
    });

  const stateFrom = (given: GivenState) =>
    stateOf(shapes, given.weights, checkState(training, optimiser.rule, given), new Set(parameters));
  let state = stateFrom({ weights });
  /** Where the next step writes what changes, where the engine can write into arrays of ours. */
  let spare = engine.writesInPlace === true ? blank(shapes, changed) : undefined;
  const sessions = new Map<string, OnnxSession>();
  const session = async (kind: string, model: () => OnnxModel) => {
    const found = sessions.get(kind) ?? (await open(model()));
    sessions.set(kind, found);
    return found;
  };
  let disposed = false;

  /** One call after the other, in their order. */
  const call = <T>(options: RunOptions | undefined, work: () => Promise<T>): Promise<T> =>
    inTurn(
      () => {
        if (disposed) throw disposedError('trainer');
        return work().catch((cause: unknown) => {
          throw cause instanceof AlexNetError ? cause : engineError(cause, engine.name, `training ${training.name}`);
        });
      },
      { signal: options?.signal, what: 'training' },
    );
  const run = (opened: OnnxSession, feeds: Record<string, OnnxTensor>, fetches: Parameters<OnnxSession['run']>[1]) =>
    opened.run(feeds, fetches).catch((cause: unknown) => {
      throw engineError(cause, engine.name, `training ${training.name}`);
    });
  const feedsOf = (inputs: TensorMap, names: readonly { readonly name: string }[], held: readonly string[]) =>
    Object.fromEntries([
      ...names.map(({ name }) => [name, asTensor(inputs[name]!)] as const),
      ...held.map((name) => [name, asTensor(state.get(name)!)] as const),
    ]);

  const compiling = { signal, what: 'compileTraining' };
  const steps = await inTurn(() => session('step', () => stepModel(training, optimiser)), compiling);
  if (signal?.aborted) await inTurn(() => steps.release());
  throwIfAborted(signal, 'compileTraining');

  return {
    step: (inputs, options) =>
      call(options, async (): Promise<StepResult> => {
        checkStep(training, inputs, options);
        const feeds = feedsOf(inputs, training.inputs, [...shapes.keys()]);
        feeds[LEARNING_RATE] = new EngineTensor('float32', Float32Array.of(options.learningRate), []);
        const fetches = Object.fromEntries([
          ...(training.loss === undefined ? [] : [[training.loss, null] as const]),
          [training.scores, null] as const,
          ...changed.map((name) => [nextOf(name), spare === undefined ? null : asTensor(spare.get(name)!)] as const),
        ]);
        const results = await run(steps, feeds, fetches);
        const next = new Map(state);
        const freed = new Map<string, Tensor>();
        for (const name of changed) {
          freed.set(name, state.get(name)!);
          const { data } = results[nextOf(name)]!;
          next.set(name, spare?.get(name) ?? { shape: shapes.get(name)!, data: data as Float32Array });
        }
        state = next;
        if (spare !== undefined) spare = freed;
        const loss = training.loss === undefined ? undefined : (results[training.loss]!.data as Float32Array);
        const { dims, data } = results[training.scores]!;
        return { loss: loss?.[0] ?? Number.NaN, scores: { shape: dims, data: data as Float32Array } };
      }),

    evaluate: (inputs, options) =>
      call(options, async () => {
        const { network } = training;
        checkInputs(network, inputs);
        const opened = await session('inference', () => inferenceModel(training));
        return tensors(
          await run(opened, feedsOf(inputs, network.inputs, parameters), network.outputs),
          network.outputs,
        );
      }),

    values: (inputs, options) =>
      call(options, async () => {
        checkTrainingInputs(training, inputs);
        if (outputs.length === 0) return {};
        const opened = await session('values', () => valuesModel(training, outputs));
        return tensors(await run(opened, feedsOf(inputs, training.inputs, parameters), outputs), outputs);
      }),

    weights: () => call(undefined, async () => copies(state, parameters)),
    state: () =>
      call(undefined, async () => ({
        weights: copies(state, parameters),
        slots: copies(state, [...shapes.keys()].slice(parameters.length)),
      })),
    load: (given) =>
      call(undefined, async () => {
        state = stateFrom(given);
      }),

    memory: () => ({
      hostBytes: [...state.values(), ...(spare?.values() ?? [])].reduce((sum, { data }) => sum + data.byteLength, 0),
      deviceBytes: 0,
    }),

    async [Symbol.asyncDispose]() {
      if (disposed) return;
      disposed = true;
      await inTurn(async () => {
        state = new Map();
        spare = undefined;
        await Promise.allSettled([...sessions.values()].map((opened) => opened.release())); // one that fails keeps no other
      });
    },
  };
}

type State = ReadonlyMap<string, Tensor>;

/** Copies of what is given; slots that are missing start at 0. */
function stateOf(
  shapes: ReadonlyMap<string, Shape>,
  weights: Weights,
  slots: Weights,
  parameters: ReadonlySet<string>,
): State {
  return new Map(
    [...shapes].map(([name, shape]) => {
      // weights may hold more than parameters: a checkpoint's slots, which are not asked for
      const given = parameters.has(name) ? weights.get(name) : slots.get(name);
      return [name, { shape, data: given === undefined ? new Float32Array(sizeOf(shape)) : given.data.slice() }];
    }),
  );
}

function blank(shapes: ReadonlyMap<string, Shape>, names: readonly string[]): State {
  return new Map(
    names.map((name) => {
      const shape = shapes.get(name)!;
      return [name, { shape, data: new Float32Array(sizeOf(shape)) }];
    }),
  );
}

function copies(state: State, names: readonly string[]): Weights {
  return new Map(
    names.map((name) => {
      const { shape, data } = state.get(name)!;
      return [name, { shape, data: data.slice() }];
    }),
  );
}

function tensors(results: Readonly<Record<string, OnnxTensor>>, names: readonly string[]): TensorMap {
  return Object.fromEntries(
    names.map((name) => [name, { shape: results[name]!.dims, data: results[name]!.data as Float32Array }]),
  );
}
