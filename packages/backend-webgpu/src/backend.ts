import { type Backend, opNames, type Program, precisions } from '@alexnet/core';
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
  const programs = new Set<Program>();
  let disposed = false;
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
    },
    async compile(graph, weights, options = {}) {
      if (disposed) throw disposedError('backend');
      const device = await devices.current();
      const program = await compile(device, setup, graph, weights, options).catch((cause: unknown) => {
        throw disposed ? disposedError('backend') : cause;
      });
      const dispose = async () => {
        programs.delete(program);
        await program[Symbol.asyncDispose]();
      };
      programs.add(program);
      if (disposed) {
        await dispose();
        throw disposedError('backend');
      }
      return { ...program, [Symbol.asyncDispose]: dispose };
    },
    testing: {
      memory: () => ({ hostBytes: 0, deviceBytes: devices.held() }),
      loseDevice: () => devices.lose(),
    },
    async [Symbol.asyncDispose]() {
      if (disposed) return;
      disposed = true;
      await Promise.all([...programs].map((program) => program[Symbol.asyncDispose]()));
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
