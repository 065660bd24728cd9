import * as tf from '@tensorflow/tfjs-core';
import type { DeviceEngine } from './network.ts';

/*
 * What tfjs has of its devices: fields of its engine and backends that its types do not declare.
 */

interface Backends {
  readonly webgl?: {
    readonly gpgpu: { readonly gl: WebGL2RenderingContext; readonly itemsToPoll: readonly object[] };
    readonly binaryCache: object;
    memory(): { readonly numBytesInGPU: number };
  };
  readonly webgpu?: {
    readonly device: GPUDevice;
    readonly pipelineCache: object;
    memory(): { readonly numBytesInGPU: number };
  };
  readonly wasm?: object;
}

function registry(): Backends {
  return (tf.engine() as unknown as { readonly registry: Backends }).registry;
}

/** The backends that run now. */
export const started = (): string[] => Object.keys(registry()).sort();

/** Takes the device away, as a driver or a browser does. */
export function lose(engine: DeviceEngine): void {
  if (engine === 'webgl') registry().webgl!.gpgpu.gl.getExtension('WEBGL_lose_context')!.loseContext();
  else registry().webgpu!.device.destroy();
}

/** Asks later whether the device that is there now was given up. */
export function watch(engine: DeviceEngine): () => Promise<boolean> {
  if (engine === 'webgl') {
    const { gl } = registry().webgl!.gpgpu;
    return async () => gl.isContextLost();
  }
  const { lost, queue } = registry().webgpu!.device;
  // the loss of a device is announced before the end of its work
  return () => Promise.race([lost.then(() => true), queue.onSubmittedWorkDone().then(() => false)]);
}

/** How many shaders were compiled. */
export function compiled(engine: DeviceEngine): number {
  const cache = engine === 'webgl' ? registry().webgl!.binaryCache : registry().webgpu!.pipelineCache;
  return Object.keys(cache).length;
}

export function bytesOnDevice(engine: DeviceEngine): number {
  return registry()[engine]!.memory().numBytesInGPU;
}

/** Reads that tfjs's WebGL backend still polls for. */
export function polls(): () => number {
  const { gpgpu } = registry().webgl!;
  return () => gpgpu.itemsToPoll.length;
}
