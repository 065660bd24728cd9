import type { BackendProvider } from '@alexnet/core';
import { engineNames } from './engines/engine.ts';
import { engineKinds } from './engines/index.ts';
import type { WasmOptions } from './engines/wasm.ts';
import { plainForm } from './lower/form.ts';
import { providerOf } from './provider.ts';

/**
 * The peers that our graphs are measured against: AlexNet as an expert writes it in plain tfjs, on the same engine with the same threads
 * and the same weights, NHWC, with fused ops and tfjs's own LRN. The id is the name of the engine's package.
 */
export function tfjsPeers(options: WasmOptions = {}): BackendProvider[] {
  const kinds = engineKinds(options);
  return engineNames.map((name) => providerOf(kinds[name].package, { ...kinds[name], form: plainForm }, undefined));
}
