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
  release(): void;
}

/** Starts the engine, or joins it where it runs. */
export async function runEngine(tf: Tfjs, kind: EngineKind, options: StartOptions): Promise<RunningEngine> {
  let held = await lease(tf, kind, options);
  return {
    tf,
    kind,
    title: `${kind.package} ${tf.version_core}`,
    async current() {
      if (held.lost() !== undefined) {
        held.release();
        held = await lease(tf, kind, options);
      }
      return held;
    },
    release: () => held.release(),
  };
}
