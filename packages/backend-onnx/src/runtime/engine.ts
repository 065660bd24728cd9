import type { Hindrance, ProgramPrecision, Turns } from '@alexnet/core';
import type { OpForms } from '../model/lower.ts';

/*
 * What this package uses of ONNX Runtime. `onnxruntime-node` and `onnxruntime-web` both have it, and a caller may hand in either;
 * written out here so that neither needs to be installed for the types.
 */

export interface OnnxTensor {
  readonly dims: readonly number[];
  readonly data: unknown;
}

export interface OnnxSession {
  run(
    feeds: Readonly<Record<string, OnnxTensor>>,
    /** Names, or, by name, the tensor into whose array the engine writes; null where it makes one. */
    fetches: readonly string[] | Readonly<Record<string, OnnxTensor | null>>,
  ): Promise<Readonly<Record<string, OnnxTensor>>>;
  release(): Promise<void>;
}

export interface SessionOptions {
  readonly executionProviders: readonly string[];
  readonly intraOpNumThreads?: number;
  readonly enableMemPattern?: boolean;
  readonly logSeverityLevel?: 0 | 1 | 2 | 3 | 4;
  /** Settings by group and name: `{ session: { x64quantprecision: '1' } }`. */
  readonly extra?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly externalData?: readonly { readonly path: string; readonly data: Uint8Array }[];
}

export interface OnnxRuntime {
  readonly InferenceSession: { create(model: Uint8Array | string, options: SessionOptions): Promise<OnnxSession> };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OnnxTensor;
  readonly env: {
    readonly versions: { readonly common: string; readonly node?: string; readonly web?: string };
    readonly wasm: { numThreads?: number };
    logLevel?: 'verbose' | 'info' | 'warning' | 'error' | 'fatal';
  };
}

/** An engine chosen and set up: what a backend needs to compile and run. */
export interface Engine {
  readonly runtime: OnnxRuntime;
  /** Package and version, e.g. `onnxruntime-node 1.30.0`. */
  readonly name: string;
  readonly device: string;
  /** Whether a slower substitute computes, such as software instead of a GPU. */
  readonly fallback?: boolean;
  readonly threads: number;
  readonly notes: readonly string[];
  readonly hindrances?: readonly Hindrance[];
  readonly session: SessionOptions;
  /** Whether weights reach the engine through a temporary file that it maps, where there is a file system. */
  readonly weightsInFiles: boolean;
  readonly form: GraphForm;
  /** Whether `run` writes into tensors that are handed to it, instead of making new ones. Default: no. */
  readonly writesInPlace?: boolean;
  /** Whether training is offered. Default: no. */
  readonly training?: boolean;
  readonly precisions: readonly ProgramPrecision[];
  /**
   * Of the WebAssembly builds: one call into the module after the other, whichever session it is for. While a session is made, weights
   * lie by name in one place, and would mix with another's; and a build that waits for WebGPU cannot be entered twice.
   */
  readonly turns?: Turns;
}

/** How graphs are written for an engine; measured, see docs/performance/onnx.md. */
export interface GraphForm extends OpForms {
  /** Whether core's passes run first: batch norm and padding folded. */
  readonly passes: boolean;
}
