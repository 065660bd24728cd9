import type { EngineKind, StartOptions } from '../engines/engine.ts';
import { type Lease, lease } from '../engines/lease.ts';
import type { Tfjs } from '../tfjs.ts';

/** An engine that a backend of ours runs on. */
export interface RunningEngine {
  readonly tf: Tfjs;
  readonly kind: EngineKind;
  /** Package and version, for messages. */
  readonly title: string;
  /** The lease that is in force; a new one where the device was lost, which starts it again. */
  current(): Promise<Lease>;
  release(): Promise<void>;
}

/** Starts the engine, or joins it where it runs. */
export async function runEngine(tf: Tfjs, kind: EngineKind, options: StartOptions): Promise<RunningEngine> {
  let held = await lease(tf, kind, options);
  /** Of all who ask while it starts again one starts it, so that one lease is held. */
  let renewing: Promise<Lease> | undefined;
  const renew = async () => {
    held.release();
    held = await lease(tf, kind, options);
    return held;
  };
  return {
    tf,
    kind,
    title: `${kind.package} ${tf.version_core}`,
    async current() {
      const asked = held;
      const reason = await asked.settled();
      if (reason !== undefined && asked === held) {
        renewing ??= renew().finally(() => {
          renewing = undefined;
        });
      }
      return renewing ?? held;
    },
    async release() {
      await renewing?.catch(() => {}); // who asked for it has the error
      held.release();
    },
  };
}
