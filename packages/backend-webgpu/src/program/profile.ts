import type { NodeTiming } from '@alexnet/core';
import type { Device } from '../device/device.ts';
import type { Prepared } from './prepared.ts';

/**
 * Device time of every step, each in a pass of its own with a timestamp before and after. Platforms round
 * timestamps: Chromium to 100 microseconds unless told otherwise, Dawn in Node to 65.
 */
export async function timeSteps({ gpu, memory, whileAlive }: Device, ready: Prepared): Promise<NodeTiming[]> {
  const count = ready.steps.length * 2;
  const queries = gpu.createQuerySet({ type: 'timestamp', count });
  const bytes = count * 8;
  const resolved = memory.allocate('timestamps', bytes, GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC);
  const readback = memory.allocate('timestamps', bytes, GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ);
  try {
    const encoder = gpu.createCommandEncoder();
    for (const [i, { dispatches }] of ready.steps.entries()) {
      const pass = encoder.beginComputePass({
        timestampWrites: { querySet: queries, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 },
      });
      for (const { pipeline, bindings, dispatch } of dispatches) {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, bindings);
        pass.dispatchWorkgroups(...dispatch.groups);
      }
      pass.end();
    }
    encoder.resolveQuerySet(queries, 0, count, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, readback, 0, bytes);
    gpu.queue.submit([encoder.finish()]);
    await whileAlive(readback.mapAsync(GPUMapMode.READ));
    const times = new BigUint64Array(readback.getMappedRange().slice(0));
    const timed = ready.steps.map(({ nodes }, i) => ({ nodes, ms: Number(times[2 * i + 1]! - times[2 * i]!) / 1e6 }));
    return timed.filter(({ nodes }) => nodes !== '');
  } finally {
    queries.destroy();
    memory.free(resolved);
    memory.free(readback);
  }
}
