import type { Flags } from '../lower/form.ts';
import type { Tfjs } from '../tfjs.ts';

/** Does synchronous work while flags of tfjs, which are global, have other values. */
export function withFlags<T>(tf: Tfjs, flags: Flags, work: () => T): T {
  const entries = Object.entries(flags);
  const before = entries.map(([flag]) => tf.env().get(flag));
  for (const [flag, value] of entries) tf.env().set(flag, value);
  try {
    return work();
  } finally {
    for (const [i, [flag]] of entries.entries()) tf.env().set(flag, before[i] as number | boolean);
  }
}
