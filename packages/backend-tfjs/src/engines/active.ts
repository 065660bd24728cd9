import type { KernelBackend } from '@tensorflow/tfjs-core';
import type { Tfjs } from '../tfjs.ts';

/*
 * tfjs has one engine per process or page, and that has one active backend, which every op runs on. Programs of several backends and the
 * caller's own use of tfjs live side by side only if each of our calls makes its backend the active one and then puts the caller's
 * back, with nothing asynchronous in between. `tf.setBackend` does more than that: it can start backends, and it sets all kernels of
 * the WebAssembly one up again (0.5 ms). So the fields are exchanged here.
 */

/** The fields of tfjs 4's engine that say which backend is active; the types declare some of them private. */
export interface EngineState {
  backendName: string | undefined | null;
  backendInstance: KernelBackend | undefined | null;
  /** Set while a backend starts: then ops refuse to run. */
  pendingBackendInit: Promise<boolean> | undefined | null;
  readonly registry: Record<string, KernelBackend>;
}

export function stateOf(tf: Tfjs): EngineState {
  return tf.engine() as unknown as EngineState;
}

/** Does synchronous work with a backend as the active one. */
export function withBackend<T>(tf: Tfjs, name: string, backend: KernelBackend, work: () => T): T {
  const state = stateOf(tf);
  const { backendName, backendInstance, pendingBackendInit } = state;
  Object.assign(state, { backendName: name, backendInstance: backend, pendingBackendInit: null });
  try {
    return work();
  } finally {
    Object.assign(state, { backendName, backendInstance, pendingBackendInit });
  }
}
