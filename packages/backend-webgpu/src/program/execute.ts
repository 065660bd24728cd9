import type { TensorMap } from '@alexnet/core';
import { attempt } from '../device/attempt.ts';
import type { Device } from '../device/device.ts';
import type { BufferName } from '../plan/step.ts';
import type { Prepared } from './prepared.ts';

/** What the downloads of a plan hold, by name. */
type Downloads = Map<BufferName, Float32Array<ArrayBuffer>>;

/** Runs a prepared plan on inputs. What the device has against it is thrown. */
export function execute(device: Device, ready: Prepared, inputs: TensorMap): Promise<Downloads> {
  return collect(device, () => {
    writeInputs(device.gpu, ready, inputs);
    return submit(device, ready);
  });
}

/**
 * The same for a plan that changes what later ones read: nothing is submitted unless all was written. That costs a round trip to the device.
 */
export async function executeOnceWritten(
  device: Device,
  ready: Prepared,
  inputs: TensorMap,
  alsoWrite: () => void,
): Promise<Downloads> {
  const { refused } = attempt(device.gpu, () => {
    alsoWrite();
    writeInputs(device.gpu, ready, inputs);
  });
  const error = await device.whileAlive(refused);
  if (error !== null) throw error;
  return collect(device, () => submit(device, ready));
}

async function collect({ gpu, memory, readbacks, whileAlive }: Device, work: () => Result[]): Promise<Downloads> {
  const { made: results, refused } = attempt(gpu, work);
  let isGood = false;
  try {
    const mapped = Promise.all(results.map(({ buffer, bytes }) => buffer.mapAsync(GPUMapMode.READ, 0, bytes)));
    mapped.catch(() => {}); // what was refused says why
    const error = await whileAlive(refused);
    if (error !== null) throw error; // or what an earlier run left would be taken for the result
    await whileAlive(mapped);
    const downloads = new Map(
      results.map(({ name, buffer, bytes }) => [name, new Float32Array(buffer.getMappedRange(0, bytes).slice(0))]),
    );
    isGood = true;
    return downloads;
  } finally {
    for (const { buffer } of results) {
      if (isGood) {
        buffer.unmap();
        readbacks.giveBack(buffer);
      } else memory.free(buffer); // it may be one that there was no memory for
    }
  }
}

interface Result {
  readonly name: string;
  readonly buffer: GPUBuffer;
  readonly bytes: number;
}

/** Encodes and submits one run: one compute pass, copies of the results. */
function submit({ gpu, readbacks }: Device, ready: Prepared): Result[] {
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

export function writeInputs(gpu: GPUDevice, ready: Prepared, inputs: TensorMap): void {
  for (const [name, { buffer }] of ready.plan.uploads) {
    const { data } = inputs[name]!;
    gpu.queue.writeBuffer(ready.buffer(buffer), 0, data.buffer, data.byteOffset, data.byteLength);
  }
}
