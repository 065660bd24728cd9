import { onnxNodeProvider, onnxWebGpuProvider, onnxWebProvider } from '@alexnet/backend-onnx';
import {
  AlexNetError,
  type Availability,
  type Backend,
  type BackendProvider,
  createRegistry,
  type Registry,
  referenceProvider,
} from '@alexnet/core';
import type { RunOptions } from './options.ts';

/** Every backend that the command knows, fastest expected first; `reference` is the yardstick. */
export function allBackends(): Registry {
  return createRegistry([onnxNodeProvider(), onnxWebGpuProvider(), onnxWebProvider(), referenceProvider()]);
}

export interface Probed {
  readonly provider: BackendProvider;
  readonly availability: Availability;
}

/**
 * The backends that were asked for, or all that are available here.
 * Errors: `unknown-name`; `missing-dependency` when a backend that was asked for is not available, with what to do about it.
 */
export async function chooseBackends(
  wanted: readonly string[] | undefined,
  registry = allBackends(),
): Promise<Probed[]> {
  const names = new Set(wanted?.map((id) => registry.get(id).id));
  const probed = (await registry.probe()).filter(({ provider }) => wanted === undefined || names.has(provider.id));
  if (wanted === undefined) return probed.filter(({ availability }) => availability.available);
  const missing = probed.find(({ availability }) => !availability.available);
  if (missing === undefined) return probed;
  const { detail, fix } = missing.availability;
  throw new AlexNetError({
    code: 'missing-dependency',
    message: `The backend ${missing.provider.id} is not available here: ${detail}`,
    ...(fix === undefined ? {} : { fix }),
  });
}

/** The first backend that was asked for, or the first that is available: for commands that need just one. */
export async function createOne({ backend, threads }: RunOptions, registry = allBackends()): Promise<Backend> {
  const [first] = await chooseBackends(backend, registry);
  if (first === undefined)
    throw new AlexNetError({ code: 'missing-dependency', message: 'No backend is available here' });
  return first.provider.create(threads === undefined ? {} : { threads });
}
