import type { KernelBackend, Tensor } from '@tensorflow/tfjs-core';
import { withBackend } from '../engines/active.ts';
import type { EngineKind } from '../engines/engine.ts';
import type { Lease } from '../engines/lease.ts';
import { disposeAll } from '../lower/dispose.ts';
import type { Flags } from '../lower/form.ts';
import type { Tfjs } from '../tfjs.ts';
import { deviceLost, engineError } from './errors.ts';
import { withFlags } from './flags.ts';

export interface DeviceParts {
  readonly tf: Tfjs;
  readonly kind: EngineKind;
  readonly title: string;
  readonly lease: Lease;
  /** For messages: what runs. */
  readonly where: string;
}

export interface Device {
  readonly backend: KernelBackend;
  /** Errors: `device-lost`. */
  check(): void;
  /** Errors: `device-lost`, `out-of-memory`, `backend-failure`. */
  run<T>(flags: Flags, issue: () => Tensor[], read: (results: readonly Tensor[]) => Promise<T>): Promise<T>;
}

/** One synchronous stretch of tfjs's calls on a device, then the wait for what they give. */
export function createDevice({ tf, kind, title, lease, where }: DeviceParts): Device {
  const check = () => {
    const reason = lease.lost();
    if (reason !== undefined) throw deviceLost(reason, title, where);
  };
  const checked = <T>(work: () => T) =>
    kind.checked?.(lease.backend, work) ?? { result: work(), verdict: Promise.resolve() };
  return {
    backend: lease.backend,
    check,
    /** Issues all ops; the results are kept until they are read. */
    async run(flags, issue, read) {
      check();
      let results: readonly Tensor[] = [];
      try {
        const { result, verdict } = checked(() =>
          withBackend(tf, kind.backend, lease.backend, () =>
            withFlags(tf, flags, () => tf.tidy(() => issue().map((each) => tf.keep(tf.clone(each))))),
          ),
        );
        results = result;
        const [values] = await Promise.all([read(results), verdict]);
        check(); // WebGL reads zeros from a lost context
        return values;
      } catch (cause) {
        const reason = await lease.settled();
        throw reason === undefined ? engineError(cause, title, where) : deviceLost(reason, title, where);
      } finally {
        disposeAll(tf, results);
      }
    },
  };
}
