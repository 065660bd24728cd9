import {
  AlexNetError,
  annotateFusions,
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
  type Program,
  precisions,
  sourceOfWeights,
  throwIfAborted,
  type WeightSource,
  type Weights,
} from '@alexnet/core';
import type { Device } from './device/device.ts';
import { deviceError, lostError } from './device/errors.ts';
import { lower } from './plan/lower.ts';
import { type Plan, planBatch } from './plan/plan.ts';
import type { Declared } from './plan/weights.ts';
import { uploadConstants } from './program/constants.ts';
import { createProgram } from './program/program.ts';
import type { BackendSetup } from './setup.ts';
import { bindingLimit } from './split-weights.ts';
import { choicesFor } from './tune/choices-for.ts';

/** A program on a device. Errors: those of `Backend.compile`. */
export async function compile(
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
    bindingLimit: bindingLimit(limits, setup),
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
