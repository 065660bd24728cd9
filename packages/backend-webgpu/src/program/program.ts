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
import { attempt } from '../device/attempt.ts';
import type { Device } from '../device/device.ts';
import { deviceError, disposedError, lostError } from '../device/errors.ts';
import { type Network, type PlanLimits, planBatch } from '../plan/plan.ts';
import type { ConstantBuffers } from './constants.ts';
import { type Prepared, prepare } from './prepared.ts';
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
  const { gpu, memory, readbacks } = device;
  const prepared = new Map<number, Promise<Prepared>>();
  let disposed = false;
  let running = 0;
  let idle = () => {};

  const forBatch = (batch: number): Promise<Prepared> => {
    const known = prepared.get(batch);
    if (known !== undefined) {
      prepared.delete(batch);
      prepared.set(batch, known); // the newest
      return known;
    }
    const made = prepare(device, planBatch(network, batch, limits), constants);
    const fresh = device.whileAlive(made);
    prepared.set(batch, fresh);
    fresh.catch(() => {
      if (prepared.get(batch) === fresh) prepared.delete(batch);
      void release(made); // it may be made after its device was lost
    });
    const [oldest] = prepared.keys();
    if (prepared.size > PREPARED && oldest !== undefined) {
      const old = prepared.get(oldest)!;
      prepared.delete(oldest);
      void release(old);
    }
    return fresh;
  };
  const release = async (each: Promise<Prepared>) => {
    (await each.catch(() => undefined))?.release();
  };

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
      const ready = await forBatch(batch);
      throwIfAborted(signal, 'run');
      const { made: results, refused } = attempt(gpu, () => submit(device, ready, inputs));
      try {
        const mapped = results.map(({ buffer, bytes }) => buffer.mapAsync(GPUMapMode.READ, 0, bytes));
        const [error] = await device.whileAlive(Promise.all([refused, ...mapped]));
        if (error !== null) throw error; // or what an earlier run left would be taken for the result
        throwIfAborted(signal, 'run');
        return Object.fromEntries(
          results.map(({ name, buffer, bytes }): [string, Tensor] => [
            name,
            {
              shape: [batch, ...network.shapes.get(name)!],
              data: new Float32Array(buffer.getMappedRange(0, bytes).slice(0)),
            },
          ]),
        );
      } finally {
        for (const { buffer } of results) {
          buffer.unmap();
          readbacks.giveBack(buffer);
        }
      }
    });

  const freeConstants = () => {
    for (const buffer of constants.values()) memory.free(buffer);
  };
  try {
    await forBatch(1);
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
              const ready = await forBatch(checkInputs(graph, inputs));
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
      await Promise.all([...prepared.values()].map(release));
      freeConstants();
    },
  };
}

interface Result {
  readonly name: string;
  readonly buffer: GPUBuffer;
  readonly bytes: number;
}

/** Encodes and submits one run: inputs, one compute pass, copies of the results. */
function submit({ gpu, readbacks }: Device, ready: Prepared, inputs: TensorMap): Result[] {
  writeInputs(gpu, ready, inputs);
  const encoder = gpu.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (const { dispatches } of ready.steps) {
    for (const { pipeline, bindings, dispatch } of dispatches) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindings);
      pass.dispatchWorkgroups(...dispatch.groups);
    }
  }
  pass.end();
  const results = [...ready.plan.downloads].map(([name, { buffer, bytes }]): Result => {
    const readback = readbacks.take(bytes);
    encoder.copyBufferToBuffer(ready.buffer(buffer), 0, readback, 0, bytes);
    return { name, buffer: readback, bytes };
  });
  gpu.queue.submit([encoder.finish()]);
  return results;
}

function writeInputs(gpu: GPUDevice, ready: Prepared, inputs: TensorMap): void {
  for (const [name, { buffer }] of ready.plan.uploads) {
    const { data } = inputs[name]!;
    gpu.queue.writeBuffer(ready.buffer(buffer), 0, data.buffer, data.byteOffset, data.byteLength);
  }
}
