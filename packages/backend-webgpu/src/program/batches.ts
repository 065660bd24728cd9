import type { Device } from '../device/device.ts';
import type { Plan } from '../plan/plan.ts';
import type { ConstantBuffers } from './constants.ts';
import { type Prepared, prepare } from './prepared.ts';

/** Plans of the batch sizes that were asked for last, prepared. */
export interface Batches {
  /** Errors: those of the plan, `out-of-memory`, `backend-failure`, `device-lost`. */
  get(batch: number): Promise<Prepared>;
  release(): Promise<void>;
}

/** Keeps at most `most` batch sizes prepared. */
export function keepBatches(
  device: Device,
  constants: ConstantBuffers,
  most: number,
  plan: (batch: number) => Plan,
): Batches {
  const prepared = new Map<number, Promise<Prepared>>();
  const release = async (each: Promise<Prepared>) => {
    (await each.catch(() => undefined))?.release();
  };
  return {
    get(batch) {
      const known = prepared.get(batch);
      if (known !== undefined) {
        prepared.delete(batch);
        prepared.set(batch, known); // the newest
        return known;
      }
      const [oldest] = prepared.keys();
      const old = prepared.size >= most && oldest !== undefined ? prepared.get(oldest) : undefined;
      if (oldest !== undefined && old !== undefined) prepared.delete(oldest);
      const make = async () => {
        if (old !== undefined) await release(old); // first: there may not be room for both
        return prepare(device, plan(batch), constants);
      };
      const made = make();
      const fresh = device.whileAlive(made);
      prepared.set(batch, fresh);
      fresh.catch(() => {
        if (prepared.get(batch) === fresh) prepared.delete(batch);
        void release(made); // it may be made after its device was lost
      });
      return fresh;
    },
    async release() {
      await Promise.all([...prepared.values()].map(release));
    },
  };
}
