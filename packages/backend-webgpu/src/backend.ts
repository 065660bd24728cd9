import {
  AlexNetError,
  annotateFusions,
  type Backend,
  type CompileOptions,
  checkOutputs,
  checkWeights,
  dropDropout,
  foldBatchNormOfSource,
  foldPadding,
  type Graph,
  inferShapes,
  isStorage,
  neededPart,
  opNames,
  type Precision,
  type Program,
  sourceOfWeights,
  throwIfAborted,
  type WeightSource,
  type Weights,
} from '@alexnet/core';
import { type Device, openDevice } from './device/device.ts';
import { deviceError, disposedError, lostError } from './device/errors.ts';
import type { Choices } from './plan/choices.ts';
import { lower } from './plan/lower.ts';
import { type Plan, planBatch } from './plan/plan.ts';
import type { Declared } from './plan/weights.ts';
import { uploadConstants } from './program/constants.ts';
import { createProgram } from './program/program.ts';
import { choicesFor } from './tune/choices-for.ts';
import type { Tuning } from './tune/tuning.ts';

export interface BackendSetup {
  readonly id: string;
  readonly gpu: GPU;
  /** What runs WebGPU: `Dawn (webgpu 0.6.2)`, `the browser`. */
  readonly engine: string;
  readonly limits: 'adapter' | 'default';
  /** Most bytes of weights in one binding; default: what the device binds. */
  readonly maxBindingBytes?: number;
  /** Most bytes of a linear layer's weight, counted as float32, that are on the host while it is written; default 4 MB. */
  readonly chunkBytes?: number;
  /** Which kernels run, whatever the adapter. */
  readonly choices?: Choices;
  /** Which kernels run on the adapter that it is for. */
  readonly tuning?: Tuning;
}

const precisions: readonly Precision[] = ['f32', 'f16', 'q8', 'q4'];

/** A backend on the platform's best adapter. A lost device is replaced at the next compile. */
export async function createBackend(setup: BackendSetup): Promise<Backend> {
  const devices = await replaceable(() => openDevice(setup.gpu, setup));
  const { adapter, timestamps } = await devices.current();
  const programs = new Set<Program>();
  let disposed = false;
  return {
    id: setup.id,
    environment: {
      engine: setup.engine,
      device: adapter.name,
      threads: 1,
      fallback: adapter.software,
      notes: [
        adapter.software
          ? `The adapter ${adapter.name} is software: right, but slow. A GPU would be many times faster.`
          : `Runs on the adapter ${adapter.name}.`,
        timestamps
          ? 'Layers are timed on the device; browsers round such times, Chromium to 0.1 ms.'
          : 'The device has no timestamps: layers are not timed.',
        choicesFor(setup, adapter).note,
      ],
    },
    capabilities: {
      ops: opNames,
      precisions,
      profiling: timestamps,
      strictNonFinite: true,
      deterministic: true,
    },
    async compile(graph, weights, options = {}) {
      if (disposed) throw disposedError('backend');
      const device = await devices.current();
      const program = await compile(device, setup, graph, weights, options).catch((cause: unknown) => {
        throw disposed ? disposedError('backend') : cause;
      });
      const dispose = async () => {
        programs.delete(program);
        await program[Symbol.asyncDispose]();
      };
      programs.add(program);
      if (disposed) {
        await dispose();
        throw disposedError('backend');
      }
      return { ...program, [Symbol.asyncDispose]: dispose };
    },
    async [Symbol.asyncDispose]() {
      if (disposed) return;
      disposed = true;
      await Promise.all([...programs].map((program) => program[Symbol.asyncDispose]()));
      await devices.close();
    },
  };
}

/** A device that is opened again once it is lost: once, however many ask at the same time. */
async function replaceable(open: () => Promise<Device>) {
  let opening = open();
  await opening;
  return {
    async current(): Promise<Device> {
      const known = opening;
      const device = await known;
      if (device.lost() === undefined) return device;
      if (opening === known) {
        opening = open();
        // one that cannot be opened is tried again by the next
        opening.catch(() => {
          opening = known;
        });
      }
      return opening;
    },
    async close() {
      const device = await opening;
      device.readbacks.dispose();
      device.destroy();
    },
  };
}

async function compile(
  device: Device,
  setup: BackendSetup,
  graph: Graph,
  given: Weights | WeightSource,
  { outputs, precision = 'f32', signal }: CompileOptions,
): Promise<Program> {
  throwIfAborted(signal, 'compile');
  if (!isStorage(precision)) throw undeclared(precision);
  const wanted = checkOutputs(graph, outputs);
  const { values } = inferShapes(graph);
  checkWeights(graph, given);
  const source = sourceOfWeights(given);

  const needed = foldPadding(dropDropout(neededPart({ ...graph, outputs: wanted })));
  // A precision is about the weights as given: what is folded into them would be stored instead.
  const folded =
    precision === 'f32' ? await foldBatchNormOfSource(needed, source, { signal }) : { graph: needed, source };
  const fused = annotateFusions(folded.graph);

  const { limits } = device.gpu;
  const declared: Declared = { constants: new Map(), linear: [] };
  const lowered = lower(fused, {
    precision,
    choices: choicesFor(setup, device.adapter).choices,
    bindingLimit: Math.min(setup.maxBindingBytes ?? Infinity, limits.maxStorageBufferBindingSize, limits.maxBufferSize),
    declared,
  });
  const network = {
    inputs: new Map(graph.inputs.map(({ name, shape }) => [name, shape])),
    outputs: wanted,
    shapes: values,
    lowered,
  };
  const planLimits = {
    bytes: Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize),
    groups: limits.maxComputeWorkgroupsPerDimension,
  };
  // What kernels need while they are compiled, they need while there are few weights; and what cannot run is refused before any is read.
  compileKernels(device, planBatch(network, 1, planLimits));
  const constants = await uploadConstants(device, folded.source, declared, {
    precision,
    chunkBytes: setup.chunkBytes ?? CHUNK_BYTES,
    signal,
    async pause() {
      await new Promise((resolve) => setTimeout(resolve));
      throwIfAborted(signal, 'compile');
    },
  });
  try {
    return await createProgram({ device, graph, network, constants, limits: planLimits });
  } catch (cause) {
    const reason = device.lost();
    throw reason === undefined ? deviceError(cause, `compiling ${graph.name}`) : lostError(reason, cause);
  }
}

/** Begins to: who needs them waits, and hears what is wrong. */
function compileKernels({ pipelines }: Device, { steps }: Plan): void {
  for (const { choice } of steps.flatMap(({ dispatches }) => dispatches)) pipelines.get(choice).catch(() => {});
}

/** Large enough that reading, transposing and copying take the time, not what is around them. */
const CHUNK_BYTES = 2 ** 22;

function undeclared(precision: string): AlexNetError {
  return new AlexNetError({
    code: 'unsupported',
    message: `The precision ${precision} is not one of ${precisions.join(', ')}`,
    where: 'precision',
  });
}
