import type { Memory } from './memory.ts';

/** Buffers in host memory that results are copied to; used again by later runs. */
export interface ReadbackPool {
  /** A buffer of at least `bytes`. */
  take(bytes: number): GPUBuffer;
  /** Gives back a buffer that is not mapped. */
  giveBack(buffer: GPUBuffer): void;
  dispose(): void;
}

/** How many idle buffers are kept. */
const IDLE = 8;
/** Bytes. Larger ones are made for once, and no larger than asked for: gradients of whole layers. */
const MOST_KEPT = 2 ** 24;

export function createReadbackPool(memory: Memory): ReadbackPool {
  const idle: GPUBuffer[] = [];
  let disposed = false;
  return {
    take(bytes) {
      const at = idle.findIndex(({ size }) => size >= bytes && size <= 4 * Math.max(bytes, 4096));
      if (at >= 0) return idle.splice(at, 1)[0]!;
      const size = bytes > MOST_KEPT ? bytes : 2 ** Math.ceil(Math.log2(Math.max(bytes, 256)));
      return memory.allocate('readback', size, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
    },
    giveBack(buffer) {
      if (disposed || idle.length >= IDLE || buffer.size > MOST_KEPT) memory.free(buffer);
      else idle.push(buffer);
    },
    dispose() {
      disposed = true;
      for (const buffer of idle.splice(0)) memory.free(buffer);
    },
  };
}
