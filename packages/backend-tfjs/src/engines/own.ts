import type { Tfjs } from '../tfjs.ts';
import type { Missing } from './engine.ts';

/** The caller's own tfjs, if the backend is registered in it. */
export function own(tf: Tfjs, backend: string, name: string): Tfjs | Missing {
  if (typeof tf.findBackendFactory(backend) === 'function') return tf;
  return {
    missing: `The tf that was handed in has no backend ${backend}`,
    fix: `Import it first: import '${name}'`,
  };
}
