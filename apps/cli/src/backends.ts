import { onnxNodeProvider, onnxWebGpuProvider, onnxWebProvider } from '@alexnet/backend-onnx';
import { tfjsProviders } from '@alexnet/backend-tfjs';
import { webgpuNodeProvider } from '@alexnet/backend-webgpu/node';
import {
  AlexNetError,
  type Backend,
  chooseFrom,
  createRegistry,
  type Probed,
  type Registry,
  referenceProvider,
} from '@alexnet/core';
import type { LimitsOption, RunOptions } from './options.ts';

/** Every backend that the command knows, fastest expected first; `reference` is the yardstick. */
export function allBackends({ webgpuLimits: limits }: LimitsOption = { webgpuLimits: 'adapter' }): Registry {
  return createRegistry([
    webgpuNodeProvider({ limits }),
    onnxNodeProvider(),
    onnxWebGpuProvider(),
    onnxWebProvider(),
    ...tfjsProviders(),
    referenceProvider(),
  ]);
}

/** `chooseFrom` among all backends that the command knows. */
export function chooseBackends(
  wanted: readonly string[] | undefined,
  note?: (text: string) => void,
): Promise<Probed[]> {
  return chooseFrom(allBackends(), wanted, note);
}

/** The first backend that was asked for, or the first that is available: for commands that need just one. */
export async function createOne({ backend, threads }: RunOptions): Promise<Backend> {
  const [first] = await chooseBackends(backend);
  if (first === undefined)
    throw new AlexNetError({ code: 'missing-dependency', message: 'No backend is available here' });
  return first.provider.create(threads === undefined ? {} : { threads });
}
