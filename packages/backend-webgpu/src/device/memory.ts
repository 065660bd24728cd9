import { AlexNetError } from '@alexnet/core';

/** Buffers of one device, counted. */
export interface Memory {
  /** Errors: `out-of-memory` when the device cannot hold a buffer of that size. */
  allocate(label: string, bytes: number, usage: GPUBufferUsageFlags, mapped?: boolean): GPUBuffer;
  free(buffer: GPUBuffer): void;
  /** Buffers that are held, and their bytes. */
  held(): { readonly buffers: number; readonly bytes: number };
}

export function createMemory(device: GPUDevice): Memory {
  const buffers = new Set<GPUBuffer>();
  let bytes = 0;
  const largest = device.limits.maxBufferSize;
  return {
    allocate(label, size, usage, mapped = false) {
      if (size > largest) {
        throw new AlexNetError({
          code: 'out-of-memory',
          message: `${label} needs a buffer of ${size} bytes; this device holds ${largest}`,
          fix: 'Use a smaller batch or a smaller precision.',
          where: label,
        });
      }
      const buffer = device.createBuffer({ label, size, usage, mappedAtCreation: mapped });
      buffers.add(buffer);
      bytes += size;
      return buffer;
    },
    free(buffer) {
      if (!buffers.delete(buffer)) return;
      bytes -= buffer.size;
      buffer.destroy();
    },
    held: () => ({ buffers: buffers.size, bytes }),
  };
}
