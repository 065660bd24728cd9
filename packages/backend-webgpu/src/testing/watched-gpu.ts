/** What a watched GPU saw. */
export interface Watched {
  /** The real GPU, but for the watching. */
  readonly gpu: GPU;
  /** Devices that were opened, in order. */
  readonly devices: readonly GPUDevice[];
  /** Buffers that were created and not destroyed. */
  buffers(): number;
}

/**
 * A real GPU whose devices count their buffers. With `guards`, every storage buffer is longer than asked for and NaN beyond, and memory
 * that nobody wrote holds NaN instead of zeros: what reads too far or too early shows.
 */
export function watch(gpu: GPU, { guards = false } = {}): Watched {
  const devices: GPUDevice[] = [];
  const live = new Set<GPUBuffer>();
  const watched = {
    async requestAdapter(options?: GPURequestAdapterOptions) {
      const adapter = await gpu.requestAdapter(options);
      if (adapter === null) return null;
      const open = adapter.requestDevice.bind(adapter);
      adapter.requestDevice = async (descriptor) => {
        const device = await open(descriptor);
        devices.push(device);
        const create = device.createBuffer.bind(device);
        device.createBuffer = (wanted) => {
          const buffer = guards ? guarded(create, wanted) : create(wanted);
          live.add(buffer);
          const destroy = buffer.destroy.bind(buffer);
          buffer.destroy = () => {
            live.delete(buffer);
            destroy();
          };
          return buffer;
        };
        return device;
      };
      return adapter;
    },
  };
  return { gpu: watched as unknown as GPU, devices, buffers: () => live.size };
}

const GUARD = 1024;

function guarded(create: GPUDevice['createBuffer'], wanted: GPUBufferDescriptor): GPUBuffer {
  if ((wanted.usage & GPUBufferUsage.STORAGE) === 0) return create(wanted);
  const mapped = wanted.mappedAtCreation === true;
  const buffer = create({ ...wanted, size: wanted.size + GUARD, mappedAtCreation: true });
  const unwritten = mapped ? wanted.size : 0;
  const at = Math.floor(unwritten / 8) * 8; // ranges begin at multiples of 8
  const range = buffer.getMappedRange(at, wanted.size + GUARD - at);
  new Float32Array(range, unwritten - at).fill(Number.NaN);
  if (!mapped) buffer.unmap();
  return buffer;
}
