import { inPrecision, readsThroughOneArray, type StoredWeight, sizeOf, type WeightSource } from '@alexnet/core';
import { attempt } from '../device/attempt.ts';
import type { Device } from '../device/device.ts';
import { deviceError } from '../device/errors.ts';
import { matrixOf, scalesOf, writeMatrix, writeScales } from '../plan/linear-weights.ts';
import { cover } from '../plan/step.ts';
import type { LinearWeight, SegmentBuffers } from '../plan/weights.ts';
import type { UploadOptions } from './constants.ts';
import { onDevice, type Uploads } from './uploads.ts';

/**
 * Reads a linear layer's weight once, some rows at a time, and writes them into all buffers that hold it. Kernels want columns: rows are transposed
 * on the host, into a buffer of their own, and the device copies them to their places. A weight that is small is written at once.
 * Errors: those of the source, `out-of-memory`, `backend-failure`, `device-lost`.
 */
export async function writeLinearWeight(
  device: Device,
  uploads: Uploads,
  source: WeightSource,
  weights: readonly LinearWeight[],
  { precision, chunkBytes, pause, signal }: UploadOptions,
): Promise<void> {
  const name = weights[0]!.parameter;
  const { shape } = source.parameters.get(name)!;
  const [out = 1] = shape;
  const segments = weights.flatMap((weight) => weight.segments);
  const scales = new Map(segments.map((segment) => [segment, scalesOf(precision, segment, out)]));
  const step = rowsAtOnce(shape, chunkBytes);
  const targets = step >= out ? undefined : await reserve(uploads, segments, precision, out);

  const read = readsThroughOneArray(source);
  for (let from = 0; from < out; from += step) {
    const to = Math.min(out, from + step);
    const rows = inPrecision(await read(name, { rows: [from, to], signal }), precision, name);
    for (const segment of segments) {
      const target = targets?.get(segment);
      if (target === undefined) writeWhole(uploads, rows, segment);
      else await place(device, rows, segment, { target, from, out });
      const own = scales.get(segment);
      if (own !== undefined) writeScales(rows, segment, from, own);
    }
    await pause();
  }
  for (const [{ scales: buffer }, values] of scales) {
    if (buffer === undefined || values === undefined) continue;
    const write = (target: ArrayBuffer) => new Uint8Array(target).set(new Uint8Array(values.buffer));
    uploads.write(buffer, values.byteLength, write);
  }
}

/** Whole vec4s of outputs. */
function rowsAtOnce([, ...rest]: readonly number[], chunkBytes: number): number {
  return Math.max(1, Math.floor(chunkBytes / (4 * sizeOf(rest)) / 4)) * 4;
}

async function reserve(
  uploads: Uploads,
  segments: readonly SegmentBuffers[],
  precision: StoredWeight['precision'],
  out: number,
): Promise<Map<SegmentBuffers, GPUBuffer>> {
  const targets = new Map<SegmentBuffers, GPUBuffer>();
  for (const segment of segments) {
    const { lines, pitch } = matrixOf(precision, segment, out);
    targets.set(segment, await uploads.reserve(segment.matrix, lines * pitch));
  }
  return targets;
}

function writeWhole(uploads: Uploads, rows: StoredWeight, segment: SegmentBuffers): void {
  const { lines, pitch } = matrixOf(rows.precision, segment, rows.shape[0]!);
  uploads.write(segment.matrix, lines * pitch, (target) => writeMatrix(rows, segment, target));
}

/** Two words, which the kernel copies at once. */
const PAIR = 8;

/** Rows into their columns of a segment's matrix. Waits for the device, so that no more rows than these are on their way. */
async function place(
  device: Device,
  rows: StoredWeight,
  segment: SegmentBuffers,
  { target, from, out }: { readonly target: GPUBuffer; readonly from: number; readonly out: number },
): Promise<void> {
  const { gpu, memory } = device;
  const whole = matrixOf(rows.precision, segment, out);
  const { lines, pitch } = matrixOf(rows.precision, segment, rows.shape[0]!);
  const start = matrixOf(rows.precision, segment, from).pitch;
  const size = (lines * pitch) / PAIR;
  const pipeline = await device.whileAlive(device.pipelines.get({ kernel: 'place-columns' }));
  const owned: GPUBuffer[] = [];
  const mapped = (label: string, bytes: number, usage: number, fill: (range: ArrayBuffer) => void) => {
    const buffer = memory.allocate(label, bytes, usage, true);
    owned.push(buffer);
    fill(buffer.getMappedRange(0, bytes));
    buffer.unmap();
    return buffer;
  };
  const submit = () => {
    const params = mapped('parameters', 16, GPUBufferUsage.UNIFORM, (range) =>
      new Uint32Array(range).set([size, pitch / PAIR, whole.pitch / PAIR, start / PAIR]),
    );
    const columns = mapped(`${segment.matrix} columns`, lines * pitch, GPUBufferUsage.STORAGE, (range) =>
      writeMatrix(rows, segment, range),
    );
    const bindings = gpu.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [params, columns, target].map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
    const encoder = gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindings);
    pass.dispatchWorkgroups(...cover(size));
    pass.end();
    gpu.queue.submit([encoder.finish()]);
  };
  try {
    const { refused } = onDevice(device, () => attempt(gpu, submit));
    const [error] = await device.whileAlive(Promise.all([refused, gpu.queue.onSubmittedWorkDone()]));
    if (error !== null) throw deviceError(error, 'weights');
  } finally {
    for (const buffer of owned) memory.free(buffer);
  }
}
