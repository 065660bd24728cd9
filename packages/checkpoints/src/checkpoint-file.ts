import type { ByteSource, Dtype, Graph, ReadOptions, Shape } from '@alexnet/core';

/*
 * What every reader gives: the tensors of a file under the file's own names, none of their values read yet. Readers know formats;
 * which parameter of which network a tensor is, is for `map/` to find out.
 */

/** The file formats that are read. */
export type CheckpointFormat =
  | 'safetensors'
  | 'onnx'
  | 'pytorch' // .pth, zip or legacy
  | 'numpy' // .npy with a pickled dict
  | 'caffe' // .caffemodel
  | 'keras' // .h5, .keras, .weights.h5
  | 'tfjs' // model.json
  | 'deep-compression'; // .net

/** A tensor of a file. */
export interface CheckpointTensor {
  readonly dtype: Dtype;
  /** As the file has it, outermost dimension first. */
  readonly shape: Shape;
  /**
   * Little-endian bytes of the elements `from` up to, not including, `to`, counted in row-major order. Memory is taken for these alone
   * (and what the format makes necessary). Errors: `invalid-file`, `aborted`.
   */
  read(from: number, to: number, options?: ReadOptions): Promise<Uint8Array>;
  /** Fills `target` with the bytes of the elements from `from` on; of readers that take much memory besides, to spare what `read` takes. */
  readInto?(from: number, target: Uint8Array, options?: ReadOptions): Promise<void>;
  /** Where the file has the axes in another order: the tensor as it is stored, of which reading is reading straight on. */
  readonly stored?: StoredOrder;
}

/** A tensor whose axes are those of another in another order. */
export interface StoredOrder {
  readonly tensor: CheckpointTensor;
  /** Which axis of the other each of its axes is, outermost first. */
  readonly axes: readonly number[];
}

/** How a file's tensors lie. Ours: OIHW, OI, CHW. */
export interface Layout {
  /** Convolution weights. */
  readonly conv: 'OIHW' | 'HWIO';
  /** Linear weights: `[out, in]` or `[in, out]`. */
  readonly linear: 'OI' | 'IO';
  /** The order in which an image was flattened before the first linear layer. */
  readonly flatten: 'CHW' | 'HWC';
}

export const torchLayout: Layout = { conv: 'OIHW', linear: 'OI', flatten: 'CHW' };
export const tensorflowLayout: Layout = { conv: 'HWIO', linear: 'IO', flatten: 'HWC' };

/** A layer with weights, where the file says what its layers are. */
export interface CheckpointLayer {
  /** The file's own name of the layer. */
  readonly name: string;
  readonly op: 'conv2d' | 'linear' | 'batchNorm';
  /** Names of its tensors. Batch norm: weight is gamma, bias is beta. */
  readonly weight?: string;
  readonly bias?: string;
  readonly mean?: string;
  readonly variance?: string;
  /** Where it differs from the file's layout. */
  readonly layout?: Partial<Layout>;
  /** Batch norm's epsilon and convolution's groups, where the file says. */
  readonly epsilon?: number;
  readonly groups?: number;
}

/**
 * A step of the computation, with weights or without. What a format leaves out, its reader leaves out: only what is here is compared with
 * the networks that have the same tensors (AlexNet normalises before it pools, CaffeNet after).
 */
export interface CheckpointOp {
  readonly op: 'conv2d' | 'linear' | 'batchNorm' | 'relu' | 'lrn' | 'maxPool2d';
  /** Of convolution and pooling: height and width. */
  readonly kernel?: readonly [number, number];
  readonly stride?: readonly [number, number];
  /** Top, left, bottom, right. */
  readonly pads?: readonly [number, number, number, number];
  /** Of lrn, in the convention of ONNX: alpha is divided by size. */
  readonly size?: number;
  readonly alpha?: number;
  readonly beta?: number;
  readonly bias?: number;
}

/** A file that was opened. */
export interface CheckpointFile {
  readonly format: CheckpointFormat;
  /** In the file's order. */
  readonly tensors: ReadonlyMap<string, CheckpointTensor>;
  readonly layout: Layout;
  /** In the order in which they compute, where the file tells. */
  readonly layers?: readonly CheckpointLayer[];
  /** All steps that have a name above, in the order in which they compute, where the file tells: the evidence of which network it is. */
  readonly ops?: readonly CheckpointOp[];
  /** What else the file says of itself, as text: producer, epoch, metadata. The name of a network is under `name`, `graph` or `variant`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Names of what is in the file and is no tensor of numbers. */
  readonly others: readonly string[];
}

/** What a reader may ask for. */
export interface OpenContext extends ReadOptions {
  /** The network that is wanted: formats that hold no shapes need it. */
  readonly graph?: Graph;
  /** Another file that this one names, by its path relative to it; undefined when there is none. */
  sibling?(path: string): Promise<ByteSource | undefined>;
}

/** Opens a file of one format. Errors: `invalid-file`, `invalid-input` (a sibling that is missing), `aborted`. */
export type CheckpointReader = (source: ByteSource, context?: OpenContext) => Promise<CheckpointFile>;
