import { encodeModel } from '../model/onnx.ts';
import { concatenate } from '../model/protobuf.ts';
import type { OnnxRuntime, SessionOptions } from '../runtime/engine.ts';

/** An engine that can be used, or what is missing and how to get it. */
export type Found = OnnxRuntime | { readonly missing: string; readonly fix: string };

/** Imports an optional package. A bundler or Node that does not find it, or a native part that does not load, is no exception here. */
export async function load(name: string, importer: () => Promise<unknown>): Promise<Found> {
  try {
    const module = (await importer()) as Partial<OnnxRuntime> & { readonly default?: OnnxRuntime };
    return module.default ?? (module as OnnxRuntime); // a CommonJS package has all of it in `default`
  } catch (cause) {
    const { code, message } = cause as { code?: string; message?: string };
    const absent = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    return {
      missing: absent
        ? `The package ${name} is not installed`
        : `The package ${name} does not load: ${message ?? String(cause)}`,
      fix: `Install it: npm install ${name}`,
    };
  }
}

/** Runs a graph of one node, which no static check replaces. Returns what went wrong, or undefined. */
export async function tryEngine(runtime: OnnxRuntime, options: SessionOptions): Promise<string | undefined> {
  const model = encodeModel({
    name: 'probe',
    nodes: [{ op: 'Relu', name: 'y', inputs: ['x'], output: 'y' }],
    initializers: [],
    inputs: [{ name: 'x', shape: [1] }],
    outputs: [{ name: 'y', shape: [1] }],
  });
  try {
    const session = await runtime.InferenceSession.create(concatenate(model), { ...options, logSeverityLevel: 4 });
    await session.run({ x: new runtime.Tensor('float32', Float32Array.of(-1, 2), [2, 1]) }, ['y']);
    await session.release();
    return undefined;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split('\n')[0]!.trim();
  }
}
