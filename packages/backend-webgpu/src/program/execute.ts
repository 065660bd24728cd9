import type { TensorMap } from '@alexnet/core';
import { attempt } from '../device/attempt.ts';
import type { Device } from '../device/device.ts';
import type { BufferName } from '../plan/step.ts';
import type { Prepared } from './prepared.ts';

/** Runs a prepared plan on inputs and returns what its downloads hold, by name. What the device has against it is thrown. */
export async function execute(
  device: Device,
  ready: Prepared,
  inputs: TensorMap,
): Promise<Map<BufferName, Float32Array<ArrayBuffer>>> {
  const { gpu, readbacks, whileAlive } = device;
  const { made: results, refused } = attempt(gpu, () => submit(device, ready, inputs));
  try {
    const mapped = results.map(({ buffer, bytes }) => buffer.mapAsync(GPUMapMode.READ, 0, bytes));
    const [error] = await whileAlive(Promise.all([refused, ...mapped]));
    if (error !== null) throw error; // or what an earlier run left would be taken for the result
    return new Map(
      results.map(({ name, buffer, bytes }) => [name, new Float32Array(buffer.getMappedRange(0, bytes).slice(0))]),
    );
  } finally {
    for (const { buffer } of results) {
      buffer.unmap();
      readbacks.giveBack(buffer);
    }
  }
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

export function writeInputs(gpu: GPUDevice, ready: Prepared, inputs: TensorMap): void {
  for (const [name, { buffer }] of ready.plan.uploads) {
    const { data } = inputs[name]!;
    gpu.queue.writeBuffer(ready.buffer(buffer), 0, data.buffer, data.byteOffset, data.byteLength);
  }
}
