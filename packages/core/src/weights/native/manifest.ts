import type { LabelSetId } from '../../labels/label-sets.ts';
import type { Mean, Preprocessing } from '../../preprocess/preprocessing.ts';
import type { Shape } from '../../tensor.ts';
import type { Dtype } from '../safetensors/dtype.ts';
import type { WeightError } from '../stored/weight-error.ts';

/*
 * The native weight format: a folder of `manifest.json` and safetensors files, the shards, of at most 16 MB each, in the order in which a
 * network needs them. Any safetensors reader opens a shard; the manifest says what the tensors mean, and everything that is known of the
 * weights. A parameter is cut into parts, each some rows of its first axis in one shard.
 *
 *     precision   data of a part                                        scales
 *     f32, f16    F32 or F16, the shape of the rows
 *     q8          I8 [rows, in]                                         F32 [rows]
 *     q4          U8 [rows, ceil(in / 32), 16]                          F16 [rows, ceil(in / 32)]
 *     dc          U8 [bytes]: pruned, shared and entropy-coded (`dc/`)
 */

/** The file that describes the others. */
export const MANIFEST_FILE = 'manifest.json';

/** How a parameter is stored in files: the precisions that devices hold, and `dc`, which is decoded to float32 on the way there. */
export type NativePrecision = (typeof nativePrecisions)[number];

export const nativePrecisions = ['f32', 'f16', 'q8', 'q4', 'dc'] as const;

export interface Manifest {
  readonly format: 'alexnet-weights';
  readonly version: 1;
  /** The id of the variant whose parameters these are. */
  readonly variant: string;
  readonly dimensions: ManifestDimensions;
  /** How the weights of the linear layers are stored, with `dc` those of convolutions too; each parameter says its own. */
  readonly precision: NativePrecision;
  /** A label set that this package has, or the names of the classes by index; none where nobody knows. */
  readonly labels?: LabelSetId | readonly string[];
  readonly preprocessing: ManifestPreprocessing;
  /** An SPDX identifier, or the terms as text. */
  readonly licence?: string;
  readonly provenance?: Provenance;
  /** How a network with these weights agrees with the one from which they were made. */
  readonly agreement?: ManifestAgreement;
  /** Of all shards. */
  readonly bytes: number;
  /** In the order in which a network needs them. */
  readonly shards: readonly Shard[];
  /** In the same order; every row of each is in exactly one part. */
  readonly parameters: readonly ManifestParameter[];
}

/** What `createVariant` needs to build the graph. */
export interface ManifestDimensions {
  readonly classes: number;
  readonly width: number;
  readonly inputSize: number;
}

/** Preprocessing without a mean image, which is no text. */
export type ManifestPreprocessing = Omit<Preprocessing, 'mean'> & {
  readonly mean?: Exclude<Mean, { readonly kind: 'image' }>;
};

/** Where the weights came from. */
export interface Provenance {
  /** The file, address or generator. */
  readonly source: string;
  /** Of the source, 64 hexadecimal digits. */
  readonly sha256?: string;
  /** What made these files of it, with its version. */
  readonly converter?: string;
}

export interface ManifestAgreement {
  readonly samples: number;
  /** Share of the samples with the same most likely class, 0 to 1. */
  readonly top1: number;
  /** The largest difference of a probability. */
  readonly largest?: number;
}

/** One safetensors file. Its hash is the key under which caches keep it. */
export interface Shard {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** In the order of their bytes, without pads. */
  readonly tensors: readonly ShardTensor[];
}

export interface ShardTensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: Shape;
  /** Where its bytes are in the file, from the first byte of the file. */
  readonly begin: number;
  readonly end: number;
  readonly sha256: string;
}

export interface ManifestParameter {
  readonly name: string;
  readonly shape: Shape;
  readonly precision: NativePrecision;
  readonly recipe?: ParameterRecipe;
  /** Measured, against the float32 values that were stored; left out where nothing is lost. */
  readonly loss?: ParameterLoss;
  /** In the order of their rows. */
  readonly parts: readonly Part[];
}

/** How a parameter's values were chosen. */
export interface ParameterRecipe {
  /** How q8 and q4 choose scales: by the largest magnitude, or by the least squared error. */
  readonly scales?: 'largest' | 'least-squares';
  /** Whether the squared error was weighted by the mean square of each input over sample images. */
  readonly weighted?: boolean;
  /** dc: share of values that were kept, from 0 to 1. */
  readonly density?: number;
  /** dc: the logarithm to base 2 of the most values that a kept one may take. */
  readonly bits?: number;
}

/** Where all numbers are finite. */
export type ParameterLoss = WeightError;

/** Rows of a parameter's first axis, from the first up to, not including, the second. */
export interface Part {
  readonly rows: readonly [from: number, to: number];
  /** Index in `shards`. */
  readonly shard: number;
  /** Names of tensors in that shard. */
  readonly data: string;
  /** With q8 and q4. */
  readonly scales?: string;
}
