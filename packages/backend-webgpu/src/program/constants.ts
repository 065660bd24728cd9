import { attempt } from '../device/attempt.ts';
import type { Device } from '../device/device.ts';
import { deviceError } from '../device/errors.ts';
import type { BufferName } from '../plan/step.ts';
import type { Constant } from '../plan/weights.ts';

/** Buffers that every run reads: weights in the kernels' layouts. */
export type ConstantBuffers = ReadonlyMap<BufferName, GPUBuffer>;

/** Writes each constant once, straight into memory that the device maps. After each, `pause` lets others work. */
export async function uploadConstants(
  { gpu, memory }: Device,
  constants: ReadonlyMap<BufferName, Constant>,
  pause: () => Promise<void>,
): Promise<ConstantBuffers> {
  const buffers = new Map<BufferName, GPUBuffer>();
  const refusals: Promise<GPUError | null>[] = [];
  try {
    for (const [name, { bytes, write }] of constants) {
      const allocate = () => memory.allocate(name, Math.max(16, bytes), GPUBufferUsage.STORAGE, true);
      const { made: buffer, refused } = attempt(gpu, allocate);
      refusals.push(refused);
      buffers.set(name, buffer);
      write(buffer.getMappedRange(0, bytes));
      buffer.unmap();
      await pause();
    }
    const error = (await Promise.all(refusals)).find((each) => each !== null);
    if (error) throw deviceError(error, 'weights');
    return buffers;
  } catch (error) {
    for (const buffer of buffers.values()) memory.free(buffer);
    throw error;
  }
}
