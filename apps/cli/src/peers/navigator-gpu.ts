/**
 * Puts WebGPU where browsers have it. Node has a `navigator` from version 21 on, without a `gpu`. This is the command's own process, so
 * it may add one.
 */
export function provideGpu(gpu: GPU): void {
  const host = globalThis as { navigator?: object };
  if (host.navigator === undefined) {
    const stand = { userAgent: `Node.js/${process.versions.node}`, language: 'en' };
    Object.defineProperty(host, 'navigator', { value: stand, configurable: true });
  }
  Object.defineProperty(host.navigator, 'gpu', { value: gpu, configurable: true });
  takeSharedMemory();
}

let taken = false;

/**
 * Browsers take data for a buffer from shared memory, where threaded WebAssembly keeps it; Dawn's binding for Node says "Invalid argument".
 * Here the data is copied first.
 */
function takeSharedMemory(): void {
  if (taken) return;
  taken = true;
  const { prototype } = GPUQueue;
  const { writeBuffer } = prototype;
  prototype.writeBuffer = function (this: GPUQueue, buffer, offset, data, ...range) {
    const view = ArrayBuffer.isView(data) && data.buffer instanceof SharedArrayBuffer ? copyOf(data) : data;
    writeBuffer.call(this, buffer, offset, view as BufferSource, ...range);
  };
}

/** `range` counts elements, so the copy has elements of the same size. */
function copyOf(data: ArrayBufferView): BufferSource {
  const { slice } = data as unknown as { slice?: () => BufferSource };
  if (slice !== undefined) return slice.call(data);
  return new DataView(new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice().buffer);
}
