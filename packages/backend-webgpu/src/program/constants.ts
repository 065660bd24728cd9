import type { Device } from '../device/device.ts';
import type { BufferName } from '../plan/step.ts';
import type { Constant } from '../plan/weights.ts';

/** Buffers that every run reads: weights in the kernels' layouts. */
export type ConstantBuffers = ReadonlyMap<BufferName, GPUBuffer>;

/** Writes each constant once, straight into memory that the device maps. After each, `pause` lets others work. */
export async function uploadConstants(
  { memory }: Device,
  constants: ReadonlyMap<BufferName, Constant>,
  pause: () => Promise<void>,
): Promise<ConstantBuffers> {
  const buffers = new Map<BufferName, GPUBuffer>();
  try {
    for (const [name, { bytes, write }] of constants) {
      const buffer = memory.allocate(name, Math.max(16, bytes), GPUBufferUsage.STORAGE, true);
      buffers.set(name, buffer);
      write(buffer.getMappedRange(0, bytes));
      buffer.unmap();
      await pause();
    }
    return buffers;
  } catch (error) {
    for (const buffer of buffers.values()) memory.free(buffer);
    throw error;
  }
}
