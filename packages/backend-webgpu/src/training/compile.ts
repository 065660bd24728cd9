import {
  checkOptimiser,
  checkTrainingOutputs,
  checkWeights,
  type Trainer,
  type TrainingGraph,
  type TrainingOptions,
  throwIfAborted,
  type Weights,
} from '@alexnet/core';
import type { Device } from '../device/device.ts';
import { deviceError, lostError } from '../device/errors.ts';
import type { BackendSetup } from '../setup.ts';
import { bindingLimit } from '../split-weights.ts';
import { choicesFor } from '../tune/choices-for.ts';
import { lowerTraining } from './network.ts';
import { createParameters } from './parameters.ts';
import { planTraining } from './plan.ts';
import { createTrainer } from './trainer.ts';
import { updatesOf } from './updates.ts';

/*
 * Training on the device. The master copy of the parameters lies in the layouts of the forward kernels, and so do gradients and the optimiser's
 * tensors: updates go element by element and do not care. Nothing is repacked between steps, which would move as many bytes as a forward
 * pass reads; the kernels of input gradients read the same 4x4 blocks of weights from the left. Only who asks for the weights, or gives
 * others, pays for reordering them, on the host. What fills up a layout stays 0: its gradient is.
 *
 * Batch norm is not folded into its neighbours, also in `evaluate`: both change from step to step.
 */

/** A trainer on a device. Errors: those of `Backend.compileTraining`. */
export async function compileTraining(
  device: Device,
  setup: BackendSetup,
  training: TrainingGraph,
  weights: Weights,
  { optimiser, outputs = [], signal }: TrainingOptions,
): Promise<Trainer> {
  throwIfAborted(signal, 'compileTraining');
  checkWeights(training.network, weights);
  checkOptimiser(
    optimiser,
    training.parameters.map(({ name }) => name),
  );
  checkTrainingOutputs(training, outputs);
  const { limits: deviceLimits } = device.gpu;
  const limits = {
    bytes: Math.min(deviceLimits.maxStorageBufferBindingSize, deviceLimits.maxBufferSize),
    groups: deviceLimits.maxComputeWorkgroupsPerDimension,
  };
  const network = lowerTraining(training, {
    choices: choicesFor(setup, device.adapter).choices,
    bindingLimit: bindingLimit(deviceLimits, setup),
    software: device.adapter.software,
    outputs,
  });
  const updates = updatesOf(network, optimiser);
  planTraining(network, { outputs, updates }, 1, limits); // what cannot run is refused before anything is allocated
  try {
    const parameters = await createParameters(device, network, optimiser);
    try {
      throwIfAborted(signal, 'compileTraining');
      await parameters.write({ weights });
      throwIfAborted(signal, 'compileTraining');
    } catch (error) {
      parameters.release();
      throw error;
    }
    return createTrainer({ device, network, parameters, updates, outputs: [...new Set(outputs)], limits });
  } catch (cause) {
    const reason = device.lost();
    throw reason === undefined ? deviceError(cause, `compiling ${training.name}`) : lostError(reason, cause);
  }
}
