import type { Deviation, Download, Hindrance } from '@alexnet/core';
import type { KernelBackend, Tensor } from '@tensorflow/tfjs-core';
import type { GraphForm } from '../lower/form.ts';
import type { Tfjs } from '../tfjs.ts';
import type { TrainingForm } from '../training/form.ts';

/** The engines of TensorFlow.js, best first where they can run. */
export const engineNames = ['node-gpu', 'node', 'webgpu', 'webgl', 'wasm', 'cpu'] as const;

export type EngineName = (typeof engineNames)[number];

/** Why an engine cannot run here, and what to do. */
export interface Missing {
  readonly missing: string;
  readonly fix: string;
}

/** What can be said of an engine before it is started. */
export interface Found {
  readonly tf: Tfjs;
  /** What it would run on, for people: `WebAssembly`, `WebGL 2 on ...`. */
  readonly device: string;
  /** Whether it is a slow substitute: software instead of a GPU, plain JavaScript. */
  readonly fallback: boolean;
}

/** What is asked of an engine when it starts. */
export interface StartOptions {
  readonly threads?: number | undefined;
}

/** How tfjs makes a backend. */
export type Factory = () => KernelBackend | Promise<KernelBackend>;

/** Of a started engine: the part of `Environment` that it knows. */
export interface Description {
  /** Package and version. */
  readonly engine: string;
  readonly device?: string;
  readonly threads: number;
  readonly simd?: boolean;
  readonly notes: readonly string[];
  readonly hindrances?: readonly Hindrance[];
}

/** A matrix that is written a few columns at a time. */
export interface OwnMatrix {
  /** Where columns from one up to another go. Holds for a stretch of synchronous work. */
  columns(from: number, to: number): Columns;
  /** They are there. */
  written(from: number, to: number): void;
  /** The matrix, once it is written. */
  tensor(): Tensor;
  /** Gives it up before it is written. */
  release(): void;
}

/** Column `c` of some is at `values[row * pitch + first + c]`. */
export interface Columns {
  readonly values: Float32Array;
  readonly first: number;
  readonly pitch: number;
}

/** One engine: how it is found, started and written for. */
export interface EngineKind {
  readonly name: EngineName;
  /** What tfjs calls it: kernels are registered under this name. */
  readonly backend: string;
  /** The npm package that brings it. */
  readonly package: string;
  /** What a page loads of it; undefined of native engines. */
  readonly download?: Download;
  /** How graphs are written for it; measured, see docs/performance/tfjs.md. */
  readonly form: GraphForm;
  /** How training graphs are. */
  readonly training: TrainingForm;
  /** Finds the engine, with the caller's own tfjs or by importing its packages. Starts nothing, never throws. */
  find(own: Tfjs | undefined): Promise<Found | Missing>;
  /** Starts the engine by tfjs's own factory, with settings that have to be made before. Default: just that. */
  start?(make: Factory, tf: Tfjs, options: StartOptions): Promise<KernelBackend>;
  describe(tf: Tfjs, backend: KernelBackend, options: StartOptions): Description;
  /** Settings of a started engine. Calls `lost` with a reason when the device is gone. */
  afterStart?(backend: KernelBackend, lost: (reason: string) => void): void;
  /** Why the device is gone, where that can be seen before it is announced. */
  whyGone?(backend: KernelBackend): string | undefined;
  /** Waits for what is on its way from the device: that it is gone may be among it. */
  settle?(backend: KernelBackend): Promise<unknown>;
  /** Gives up the device, which tfjs keeps when it disposes a backend, and ends what waits for it. The device may be gone. */
  giveUp?(tf: Tfjs, backend: KernelBackend): void;
  /**
   * A new matrix [rows, columns] in the engine's own memory, to be written so many columns at a time (the last time it may be fewer).
   * Undefined for one that had better be made of an array, as all are by default.
   */
  matrix?(tf: Tfjs, backend: KernelBackend, shape: [number, number], atOnce: number): OwnMatrix | undefined;
  /** Brings a constant into the engine's memory at once, where tfjs would wait for the first run and keep its array until then. */
  upload?(backend: KernelBackend, constant: Tensor): void;
  /** Throws where the weights that were just handed over cannot be used: tfjs itself goes on with other numbers then. */
  checkWeights?(backend: KernelBackend, weights: readonly { readonly size: number }[]): void;
  /** Does synchronous work; the promise rejects with what the device says of it later. */
  checked?<T>(backend: KernelBackend, work: () => T): { readonly result: T; readonly verdict: Promise<void> };
  /** How many copies of the weights of convolutions and linear layers it holds; see docs/performance/tfjs.md. */
  readonly weightCopies: number;
  /** What tfjs computes wrongly on it. */
  readonly deviations?: readonly Deviation[];
  /** Whether two runs give the same bits. */
  readonly deterministic: boolean;
  /** Whether NaN and infinities go through every op. */
  readonly strictNonFinite: boolean;
  /** Where the weights are. */
  readonly memory: 'host' | 'device';
}
