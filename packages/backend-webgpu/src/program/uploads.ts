import { attempt } from '../device/attempt.ts';
import type { Device } from '../device/device.ts';
import { deviceError, lostError } from '../device/errors.ts';
import type { BufferName } from '../plan/step.ts';

/** Buffers of constants that are being made. */
export interface Uploads {
  readonly buffers: ReadonlyMap<BufferName, GPUBuffer>;
  /** A buffer of zeros, and what is written over them straight into memory that the device maps. */
  write(name: BufferName, bytes: number, fill: (target: ArrayBuffer) => void): void;
  /** A buffer that the device writes. Errors: `out-of-memory`, before anything is written. */
  reserve(name: BufferName, bytes: number): Promise<GPUBuffer>;
  /** Waits for what the device has to say. Errors: `out-of-memory`, `backend-failure`. */
  settled(): Promise<void>;
  release(): void;
}

export function uploadsOf(device: Device): Uploads {
  const { gpu, memory } = device;
  const buffers = new Map<BufferName, GPUBuffer>();
  const refusals: Promise<GPUError | null>[] = [];
  const allocate = (name: BufferName, bytes: number, mapped: boolean) => {
    const { made, refused } = attempt(gpu, () =>
      memory.allocate(name, Math.max(16, bytes), GPUBufferUsage.STORAGE, mapped),
    );
    refusals.push(refused);
    buffers.set(name, made);
    return { buffer: made, refused };
  };
  return {
    buffers,
    write(name, bytes, fill) {
      onDevice(device, () => {
        const { buffer } = allocate(name, bytes, true);
        fill(buffer.getMappedRange(0, bytes));
        buffer.unmap();
      });
    },
    async reserve(name, bytes) {
      const { buffer, refused } = onDevice(device, () => allocate(name, bytes, false));
      const error = await refused;
      if (error !== null) throw deviceError(error, 'weights');
      return buffer;
    },
    async settled() {
      const error = (await Promise.all(refusals)).find((each) => each !== null);
      if (error) throw deviceError(error, 'weights');
    },
    release() {
      for (const buffer of buffers.values()) memory.free(buffer);
    },
  };
}

/** Does something with the device; what it throws has a type. */
export function onDevice<T>(device: Device, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const reason = device.lost();
    throw reason === undefined ? deviceError(cause, 'weights') : lostError(reason, cause);
  }
}
