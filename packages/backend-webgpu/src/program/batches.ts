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
  /** Before one more is prepared: the device may not hold both. */
  const makeRoom = async () => {
    const [oldest] = prepared;
    if (oldest === undefined || prepared.size < most) return;
    prepared.delete(oldest[0]);
    await release(oldest[1]);
  };
  return {
    get(batch) {
      const known = prepared.get(batch);
      if (known !== undefined) {
        prepared.delete(batch);
        prepared.set(batch, known); // the newest
        return known;
      }
      const planned = plan(batch);
      const made = makeRoom().then(() => prepare(device, planned, constants));
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
