import { AlexNetError } from '@alexnet/core';
import { deviceError, lostError } from './errors.ts';
import { createMemory, type Memory } from './memory.ts';
import { createPipelines, type Pipelines } from './pipelines.ts';
import { createReadbackPool, type ReadbackPool } from './readback.ts';

/** An open device and what belongs to it. */
export interface Device {
  readonly gpu: GPUDevice;
  readonly adapter: AdapterDescription;
  readonly memory: Memory;
  readonly pipelines: Pipelines;
  readonly readbacks: ReadbackPool;
  /** Whether passes can be timed on the device. */
  readonly timestamps: boolean;
  /** Why the device was lost, once it was. */
  lost(): string | undefined;
  /** Waits for work, but not longer than the device lives. Errors: `device-lost`. */
  whileAlive<T>(work: Promise<T>): Promise<T>;
  destroy(): void;
}

/** What WebGPU says of an adapter. */
export interface AdapterDescription {
  /** `apple metal-3`, `google swiftshader`. */
  readonly name: string;
  /** Software instead of a GPU. */
  readonly software: boolean;
}

export interface DeviceOptions {
  /** `adapter`: as much as the adapter gives. `default`: what WebGPU guarantees, as on the smallest devices. */
  readonly limits: 'adapter' | 'default';
}

/** Limits that are asked for: large weights in one binding, large tiles. */
const wantedLimits = ['maxStorageBufferBindingSize', 'maxBufferSize', 'maxComputeWorkgroupStorageSize'] as const;

/** The adapter that the platform prefers. Errors: `missing-dependency` when there is none. */
export async function requestAdapter(gpu: GPU): Promise<GPUAdapter> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter !== null) return adapter;
  throw new AlexNetError({
    code: 'missing-dependency',
    message: 'There is no WebGPU adapter here',
    fix: 'Use a browser with WebGPU on a machine with a GPU, on a page served over https or from localhost.',
  });
}

/** Errors: `missing-dependency`, `backend-failure`. */
export async function openDevice(gpu: GPU, { limits }: DeviceOptions): Promise<Device> {
  const adapter = await requestAdapter(gpu);
  const timestamps = adapter.features.has('timestamp-query');
  const device = await adapter
    .requestDevice({
      label: 'alexnet',
      requiredFeatures: timestamps ? ['timestamp-query'] : [],
      requiredLimits:
        limits === 'adapter' ? Object.fromEntries(wantedLimits.map((name) => [name, adapter.limits[name]])) : {},
    })
    .catch((cause: unknown) => {
      throw deviceError(cause, 'requestDevice');
    });
  const memory = createMemory(device);
  let reason: string | undefined;
  // Not a race with `device.lost`: that would keep every result for as long as the device lives.
  const waiting = new Set<(error: AlexNetError) => void>();
  const watch = async () => {
    const { message, reason: kind } = await device.lost;
    reason = message === '' ? kind : message;
    for (const reject of waiting) reject(lostError(reason));
  };
  void watch();
  return {
    gpu: device,
    adapter: describeAdapter(adapter),
    memory,
    pipelines: createPipelines(device),
    readbacks: createReadbackPool(memory),
    timestamps,
    lost: () => reason,
    whileAlive: (work) =>
      new Promise((resolve, reject) => {
        if (reason === undefined) waiting.add(reject);
        else reject(lostError(reason));
        work.then(resolve, reject).finally(() => waiting.delete(reject));
      }),
    destroy: () => device.destroy(),
  };
}

export function describeAdapter({ info }: GPUAdapter): AdapterDescription {
  const { vendor, architecture, description, isFallbackAdapter } = info;
  const software =
    isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|software|basic render/i.test(`${architecture} ${description}`);
  return { name: `${vendor} ${architecture}`.trim() || description || 'unnamed adapter', software };
}
