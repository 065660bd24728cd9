import { type Backend, opNames, precisions } from '@alexnet/core';
import { compile } from './compile.ts';
import { type Device, openDevice } from './device/device.ts';
import { disposedError } from './device/errors.ts';
import type { BackendSetup } from './setup.ts';
import { splitWeights } from './split-weights.ts';
import { choicesFor } from './tune/choices-for.ts';

export type { BackendSetup } from './setup.ts';

/** A backend on the platform's best adapter. A lost device is replaced at the next compile. */
export async function createBackend(setup: BackendSetup): Promise<Backend> {
  const devices = await replaceable(() => openDevice(setup.gpu, setup));
  const { adapter, timestamps, gpu } = await devices.current();
  const hindrances = splitWeights(gpu.limits, setup);
  const open = new Set<AsyncDisposable>();
  let disposed = false;
  /** Makes something that lives on the device, and keeps it until it is disposed, or the backend is. */
  const keep = async <T extends AsyncDisposable>(make: (device: Device) => Promise<T>): Promise<T> => {
    if (disposed) throw disposedError('backend');
    const device = await devices.current();
    const made = await make(device).catch((cause: unknown) => {
      throw disposed ? disposedError('backend') : cause;
    });
    const dispose = async () => {
      open.delete(made);
      await made[Symbol.asyncDispose]();
    };
    open.add(made);
    if (disposed) {
      await dispose();
      throw disposedError('backend');
    }
    return { ...made, [Symbol.asyncDispose]: dispose };
  };
  return {
    id: setup.id,
    environment: {
      engine: setup.engine,
      device: adapter.name,
      threads: 1,
      fallback: adapter.software,
      notes: [
        adapter.software
          ? `The adapter ${adapter.name} is software: right, but slow. A GPU would be many times faster.`
          : `Runs on the adapter ${adapter.name}.`,
        timestamps
          ? 'Layers are timed on the device; browsers round such times, Chromium to 0.1 ms.'
          : 'The device has no timestamps: layers are not timed.',
        choicesFor(setup, adapter).note,
        ...hindrances.map(({ reason, fix }) => `${reason} ${fix}`),
      ],
      hindrances,
    },
    capabilities: {
      ops: opNames,
      precisions,
      profiling: timestamps,
      strictNonFinite: true,
      deterministic: true,
      training: true,
    },
    compile: (graph, weights, options = {}) => keep((device) => compile(device, setup, graph, weights, options)),
    compileTraining: (training, weights, options) =>
      keep(async (device) => {
        const { compileTraining } = await import('./training/compile.ts'); // a part that only training needs
        return compileTraining(device, setup, training, weights, options);
      }),
    testing: {
      memory: () => ({ hostBytes: 0, deviceBytes: devices.held() }),
      loseDevice: () => devices.lose(),
    },
    async [Symbol.asyncDispose]() {
      if (disposed) return;
      disposed = true;
      await Promise.all([...open].map((each) => each[Symbol.asyncDispose]()));
      await devices.close();
    },
  };
}

/** A device that is opened again once it is lost: once, however many ask at the same time. */
async function replaceable(open: () => Promise<Device>) {
  let opening = open();
  let latest = await opening;
  return {
    async current(): Promise<Device> {
      const known = opening;
      const device = await known;
      if (device.lost() === undefined) return device;
      if (opening === known) {
        opening = open().then((opened) => (latest = opened));
        // one that cannot be opened is tried again by the next
        opening.catch(() => {
          opening = known;
        });
      }
      return opening;
    },
    held: () => latest.memory.held().bytes,
    async lose() {
      latest.destroy();
      await latest.gpu.lost;
    },
    async close() {
      const device = await opening;
      device.readbacks.dispose();
      device.destroy();
    },
  };
}
