import {
  checkInputs,
  type Graph,
  type NodeTiming,
  type Program,
  type RunOptions,
  type Tensor,
  type TensorMap,
  throwIfAborted,
} from '@alexnet/core';
import type { Device } from '../device/device.ts';
import { deviceError, disposedError, lostError } from '../device/errors.ts';
import { type Network, type PlanLimits, planBatch } from '../plan/plan.ts';
import { keepBatches } from './batches.ts';
import type { ConstantBuffers } from './constants.ts';
import { execute, writeInputs } from './execute.ts';
import { timeSteps } from './profile.ts';

export interface ProgramParts {
  readonly device: Device;
  readonly graph: Graph;
  readonly network: Network;
  readonly constants: ConstantBuffers;
  readonly limits: PlanLimits;
}

/** Batch sizes that stay prepared. */
const PREPARED = 3;

/**
 * A program over one device. The constants are its own from now on, also when it cannot be made.
 * Runs are encoded one after the other and may overlap in time: the device carries them out in order, and each has its own buffers to read back from.
 */
export async function createProgram(parts: ProgramParts): Promise<Program> {
  const { device, graph, network, constants, limits } = parts;
  const { gpu, memory } = device;
  const batches = keepBatches(device, constants, PREPARED, (batch) => planBatch(network, batch, limits));
  let disposed = false;
  let running = 0;
  let idle = () => {};

  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    if (disposed) throw disposedError('program');
    running++;
    try {
      const reason = device.lost();
      if (reason !== undefined) throw lostError(reason);
      return await work();
    } catch (cause) {
      const reason = device.lost();
      throw reason === undefined ? deviceError(cause, `running ${graph.name}`) : lostError(reason, cause);
    } finally {
      running--;
      if (running === 0) idle();
    }
  };

  const run = (inputs: TensorMap, { signal }: RunOptions = {}) =>
    guarded(async () => {
      throwIfAborted(signal, 'run');
      const batch = checkInputs(graph, inputs);
      const ready = await batches.get(batch);
      throwIfAborted(signal, 'run');
      const results = await execute(device, ready, inputs);
      throwIfAborted(signal, 'run');
      return Object.fromEntries(
        [...results].map(([name, data]): [string, Tensor] => [
          name,
          { shape: [batch, ...network.shapes.get(name)!], data },
        ]),
      );
    });

  const freeConstants = () => {
    for (const buffer of constants.values()) memory.free(buffer);
  };
  try {
    await batches.get(1);
  } catch (error) {
    freeConstants();
    throw error;
  }
  return {
    run,
    ...(device.timestamps
      ? {
          profile: (inputs: TensorMap): Promise<readonly NodeTiming[]> =>
            guarded(async () => {
              const ready = await batches.get(checkInputs(graph, inputs));
              writeInputs(gpu, ready, inputs);
              return timeSteps(device, ready);
            }),
        }
      : {}),
    memory() {
      if (disposed) return { hostBytes: 0, deviceBytes: 0 };
      const weights = [...constants.values()].reduce((sum, { size }) => sum + size, 0);
      return { hostBytes: 0, deviceBytes: weights };
    },
    async [Symbol.asyncDispose]() {
      if (disposed) return;
      disposed = true;
      if (running > 0) await new Promise<void>((resolve) => (idle = resolve));
      await batches.release();
      freeConstants();
    },
  };
}
