import type { KernelBackend } from '@tensorflow/tfjs-core';
import type { Tfjs } from '../tfjs.ts';
import { stateOf } from './active.ts';
import type { EngineKind, Factory, StartOptions } from './engine.ts';

/** The right to use a started backend of tfjs, until it is released. */
export interface Lease {
  readonly backend: KernelBackend;
  /** Why the device is gone; undefined: it is there. */
  lost(): string | undefined;
  /** The same, after all that the device has announced by now was heard. */
  settled(): Promise<string | undefined>;
  /** Gives it back; the last one to do so ends a backend that was started here and that nobody else uses. */
  release(): void;
}

interface Running {
  readonly backend: KernelBackend;
  /** Whether it was started here, not by the caller. */
  readonly ours: boolean;
  users: number;
  lost?: string;
}

/** By tfjs's engine, which all copies of the library share, and backend name. */
const running = new WeakMap<object, Map<string, Promise<Running>>>();

/** Starts the engine or joins it where it runs. Throws what tfjs throws where it does not start. */
export async function lease(tf: Tfjs, kind: EngineKind, options: StartOptions): Promise<Lease> {
  const all = allOf(tf);
  let used: Running;
  for (;;) {
    const started = all.get(kind.backend) ?? begin(tf, kind, options, all);
    used = await started;
    if (all.get(kind.backend) !== started) continue; // it was ended in the meantime
    if (whyGone(tf, kind, used) === undefined) break;
    all.delete(kind.backend);
  }
  used.users++;
  let released = false;
  return {
    backend: used.backend,
    lost: () => whyGone(tf, kind, used),
    async settled() {
      await kind.settle?.(used.backend);
      return whyGone(tf, kind, used);
    },
    release() {
      if (released) return;
      released = true;
      used.users--;
      if (used.users === 0 && used.ours && isIdle(tf, kind, used.backend)) {
        all.delete(kind.backend);
        end(tf, kind, used.backend);
      }
    },
  };
}

/** tfjs lets everybody remove a backend, whoever uses it. */
function whyGone(tf: Tfjs, kind: EngineKind, used: Running): string | undefined {
  const seen = used.lost === undefined ? kind.whyGone?.(used.backend) : undefined;
  if (seen !== undefined) lose(tf, kind, used, seen);
  if (used.lost !== undefined) return used.lost;
  return isRegistered(tf, kind, used.backend) ? undefined : `the backend ${kind.backend} was removed from tfjs`;
}

/** The device is gone: tfjs can start another one. */
function lose(tf: Tfjs, kind: EngineKind, used: Running, reason: string): void {
  if (used.lost !== undefined) return;
  used.lost = reason;
  if (isRegistered(tf, kind, used.backend)) end(tf, kind, used.backend);
}

function isRegistered(tf: Tfjs, { backend: name }: EngineKind, backend: KernelBackend): boolean {
  return stateOf(tf).registry[name] === backend;
}

function begin(
  tf: Tfjs,
  kind: EngineKind,
  options: StartOptions,
  all: Map<string, Promise<Running>>,
): Promise<Running> {
  const started = start(tf, kind, options);
  all.set(kind.backend, started);
  started.catch(() => all.delete(kind.backend)); // the next one tries again
  return started;
}

function allOf(tf: Tfjs): Map<string, Promise<Running>> {
  const engine = tf.engine();
  const all = running.get(engine) ?? new Map<string, Promise<Running>>();
  running.set(engine, all);
  return all;
}

/** Nearly `tf.setBackend`, but the active backend stays what it is. */
async function start(tf: Tfjs, kind: EngineKind, options: StartOptions): Promise<Running> {
  const state = stateOf(tf);
  await state.pendingBackendInit?.catch(() => false); // the caller may be starting the very same
  const before = state.registry[kind.backend];
  if (before !== undefined) return watched(tf, kind, { backend: before, ours: false, users: 0 });

  const make = factoryOf(tf, kind.backend);
  const backend = await (kind.start?.(make, tf, options) ?? make());
  if (state.backendName === kind.backend) await state.pendingBackendInit?.catch(() => false);
  const theirs = state.registry[kind.backend]; // the caller started one in the meantime
  if (theirs !== undefined) {
    backend.dispose();
    kind.giveUp?.(tf, backend);
    return watched(tf, kind, { backend: theirs, ours: false, users: 0 });
  }
  state.registry[kind.backend] = backend;
  if (state.backendName === kind.backend) state.backendInstance = backend; // it was lost, and was the caller's choice
  for (const { setupFunc } of tf.getKernelsForBackend(kind.backend)) setupFunc?.(backend);
  return watched(tf, kind, { backend, ours: true, users: 0 });
}

const factories = new WeakMap<object, Map<string, Factory>>();

/** `tf.removeBackend` takes the factory away with the backend: then it is put back. */
function factoryOf(tf: Tfjs, name: string): Factory {
  const known = factories.get(tf.engine()) ?? new Map<string, Factory>();
  factories.set(tf.engine(), known);
  const factory = (tf.findBackendFactory(name) as Factory | undefined) ?? known.get(name);
  if (factory === undefined) throw new Error(`tfjs has no backend ${name}`);
  known.set(name, factory);
  if (typeof tf.findBackendFactory(name) !== 'function') tf.registerBackend(name, factory);
  return factory;
}

function watched(tf: Tfjs, kind: EngineKind, found: Running): Running {
  kind.afterStart?.(found.backend, (reason) => lose(tf, kind, found, reason));
  return found;
}

function isIdle(tf: Tfjs, kind: EngineKind, backend: KernelBackend): boolean {
  const active = stateOf(tf).backendName === kind.backend;
  return isRegistered(tf, kind, backend) && !active && backend.numDataIds() === 0;
}

/** Takes a backend out of tfjs, which can start another one of its kind from then on, and frees what it holds. */
function end(tf: Tfjs, kind: EngineKind, backend: KernelBackend): void {
  const { backend: name } = kind;
  delete stateOf(tf).registry[name];
  for (const { disposeFunc } of tf.getKernelsForBackend(name)) disposeFunc?.(backend);
  try {
    backend.dispose();
  } catch {
    // of a lost device nothing is left to free
  }
  kind.giveUp?.(tf, backend);
}
