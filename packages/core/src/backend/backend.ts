import type { Graph, OpName } from '../graph/graph.ts';
import type { Calibration } from '../int8/calibration.ts';
import type { TensorMap, Weights } from '../tensor.ts';
import type { Trainer, TrainingOptions } from '../training/trainer.ts';
import type { TrainingGraph } from '../training/training-graph.ts';
import type { WeightSource } from '../weights/weight-source.ts';

/*
 * The contract of a backend: a way to run graphs.
 *
 * - A provider probes (cheap, never throws) and creates backends. Nothing happens at import time; nothing is global.
 * - A backend compiles a graph with its weights into a program, which holds the weights on the device.
 * - A program runs any batch size N >= 1. A second run may start before the first ends.
 * - Inputs and weights are the caller's: they may be views into larger buffers, and are not changed. Outputs belong to the caller as soon as
 *   they are returned: no later run, and no other output, shares their memory.
 * - Who aborts gets `aborted` soon, or the result if that was there already; what was given or compiled before works as it did.
 * - What a backend does not declare in `capabilities` must throw `unsupported` when used.
 * - Everything is disposable, twice too. After `dispose`, calls throw `disposed`, and nothing is held (`memory()` may say 0 or throw).
 *   Runs that are under way end with their result or with `disposed`.
 * - Values keep the logical layout (NCHW, CHW flatten) whatever the device uses.
 */

/** How the weights of linear layers are stored (`storesAt`); all others, activations and accumulation are float32 or better. */
export type Precision = (typeof precisions)[number];

export const precisions = ['f32', 'f16', 'q8', 'q4'] as const;

/**
 * What a program can be compiled in: a way to store weights, or `int8`, in which convolutions and linear layers multiply whole numbers of 8 bits,
 * values as well as weights. Its meaning is `evaluateInt8`, within one step of each quantised value, layer by layer.
 */
export type ProgramPrecision = Precision | 'int8';

/** False for `int8`, which is no way to store weights. */
export function isStorage(precision: ProgramPrecision): precision is Precision {
  return (precisions as readonly string[]).includes(precision);
}

/** What runs, on what, and why that. */
export interface Environment {
  /** The engine and its version: `onnxruntime-node 1.30.0`. */
  readonly engine: string;
  /** The device or execution provider: `CPU`, `wasm`, `webgpu: NVIDIA ...`. */
  readonly device: string;
  readonly threads: number;
  /** Whether vector instructions are used; undefined where the engine does not tell. */
  readonly simd?: boolean;
  /** True when a slower substitute runs instead of what was wanted. */
  readonly fallback: boolean;
  /** Reasons for the choices above, one sentence each: why this thread count, why a fallback. */
  readonly notes: readonly string[];
  /** What of this holds it back and could be otherwise: one thread where more would do, software for want of a GPU. Default: nothing. */
  readonly hindrances?: readonly Hindrance[];
}

/** Something that makes a backend slower than it could be here. */
export interface Hindrance {
  /** One sentence; the notes say it too. */
  readonly reason: string;
  /** What to do about it, an imperative. Undefined where nothing can be done. */
  readonly fix?: string;
}

/** What a backend can do. Not declared means: must throw. */
export interface Capabilities {
  readonly ops: readonly OpName[];
  readonly precisions: readonly ProgramPrecision[];
  /** Whether `program.profile` gives per-node times. */
  readonly profiling: boolean;
  /** Whether NaN and infinities go through every op as IEEE 754 says. */
  readonly strictNonFinite: boolean;
  /** Whether two runs on the same input give the same bits. */
  readonly deterministic: boolean;
  /** Ways to compute that are less exact than sums of products; each has an error budget of its own. Default: none. */
  readonly algorithms?: readonly Algorithm[];
  /** Whether it trains: `compileTraining` is there. Default: no. */
  readonly training?: boolean;
}

/**
 * Winograd's convolution for windows of 3x3 that advance by 1, in float32: tiles of 2x2 or 4x4 outputs, of which the first begins at
 * the first output; with the points 0, 1, -1 (and 2, -2) and infinity.
 */
export type Algorithm = 'winograd-2x2-3x3' | 'winograd-4x4-3x3';

export interface CompileOptions {
  /** Values to return from `run`; any names in the graph. Default: `graph.outputs`. */
  readonly outputs?: readonly string[];
  /**
   * How the weights of linear layers are stored on the device. Default `f32`. Throws `unsupported` if not in `capabilities.precisions`.
   * The meaning of a quantised weight is its dequantised float32 value: the program computes what `f32` computes with `weightsAsStored`,
   * within the same error budget. What is quantised is the weight as given, before any pass changes it; a weight that a `WeightSource` gives
   * in this precision is used as it is.
   */
  readonly precision?: ProgramPrecision;
  /** How values are quantised. Needed for `int8` (else `invalid-input`), and for nothing else. */
  readonly calibration?: Calibration;
  readonly signal?: AbortSignal;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
}

/** Time spent in one node, or in several that run as one (names joined with `+`). */
export interface NodeTiming {
  readonly nodes: string;
  readonly ms: number;
}

/** Bytes held by a program; `device` is 0 where host and device memory are one. */
export interface MemoryUse {
  readonly hostBytes: number;
  readonly deviceBytes: number;
}

/** A graph compiled by a backend, with its weights on the device. */
export interface Program extends AsyncDisposable {
  /**
   * Runs the graph on inputs with a leading batch dimension, the same N for all.
   * Errors: `invalid-input` (missing input, wrong shape), `aborted`, `disposed`, `device-lost`, `out-of-memory`.
   */
  run(inputs: TensorMap, options?: RunOptions): Promise<TensorMap>;
  /**
   * Does what only the first run of a batch size (default 1) does, such as compiling shaders or packing weights, so that no real run has to.
   * Where a backend has nothing of the kind, it is left out. Errors: those of `run`.
   */
  warmup?(batch?: number): Promise<void>;
  /** Device time per node, only where `capabilities.profiling`. */
  profile?(inputs: TensorMap): Promise<readonly NodeTiming[]>;
  memory(): MemoryUse;
}

/** A known error of the engine below a backend, which cannot be worked around at fair cost. */
export interface Deviation {
  /** What is wrong, and since it is left so, why. */
  readonly reason: string;
  /** The conformance checks that fail for it, by id; `*` at the end stands for any rest. */
  readonly tests: readonly string[];
  /** Where the engine's authors can be, or were, told. */
  readonly issue?: string;
}

/** Ways to look at a backend and to hurt it, which only tests need; each where the platform has it. */
export interface BackendTesting {
  /** Bytes held now by all programs, and by what they share or left behind. */
  memory?(): MemoryUse;
  /** Loses the device, as a driver that crashes does. Programs then throw `device-lost`; the next `compile` works. */
  loseDevice?(): Promise<void>;
}

export interface Backend extends AsyncDisposable {
  readonly id: string;
  readonly environment: Environment;
  readonly capabilities: Capabilities;
  /** The conformance suite runs these too and reports them as skipped; one that passes fails the run. Default: none. */
  readonly deviations?: readonly Deviation[];
  readonly testing?: BackendTesting;
  /**
   * Weights may be a source that is still arriving: each parameter goes to the device when it is there, and no more of them are held on
   * the host than the engine needs. Nothing that the graph does not read is asked for.
   * Errors: `invalid-graph`, `invalid-weights`, `unsupported`, `unknown-name` (outputs), `out-of-memory`, `aborted`, and the source's own.
   */
  compile(graph: Graph, weights: Weights | WeightSource, options?: CompileOptions): Promise<Program>;
  /**
   * Compiles a training graph, where `capabilities.training` says so. Errors: as of `compile`, and `unsupported` for what its engine cannot
   * differentiate, naming it.
   */
  compileTraining?(training: TrainingGraph, weights: Weights, options: TrainingOptions): Promise<Trainer>;
}

/** Whether a provider can create its backend here, and if not, what to do. */
export interface Availability {
  readonly available: boolean;
  /** True when only a slower substitute is here, such as software instead of a GPU: it runs when it is asked for by name. */
  readonly fallback?: boolean;
  /** What was found or what is missing, one sentence. */
  readonly detail: string;
  /** How to get what is missing, an imperative with the command. */
  readonly fix?: string;
}

export interface BackendOptions {
  /** Number of threads; default: the provider's own good choice, stated in `environment.notes`. */
  readonly threads?: number;
}

/** What an engine brings along before it can compute, without our own code. */
export interface Download {
  /** The files as npm packages publish them: `onnxruntime-web/dist/ort-wasm-simd-threaded.wasm`. */
  readonly files: readonly string[];
  readonly bytes: number;
  /** As servers send them: each file compressed by gzip. */
  readonly gzipBytes: number;
}

export interface BackendProvider {
  /** Open: third parties bring their own. */
  readonly id: string;
  /** Undefined where it is not known. */
  readonly download?: Download;
  /** Cheap; never throws. */
  probe(): Promise<Availability>;
  /** Errors: `missing-dependency`, `unsupported`. */
  create(options?: BackendOptions): Promise<Backend>;
}
