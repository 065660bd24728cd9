import type { Graph } from '../graph/graph.ts';
import type { LabelSetId } from '../labels/label-sets.ts';
import type { Preprocessing } from '../preprocess/preprocessing.ts';

/** One published AlexNet, built: a graph, what its input must look like, and what is known of it. */
export interface Variant {
  readonly id: string;
  readonly title: string;
  /** Who published it, where and when. */
  readonly source: string;
  readonly graph: Graph;
  readonly preprocessing: Preprocessing;
  /** The label set of the published weights; undefined where there is none for these options, so that no class gets a wrong name. */
  readonly labels: LabelSetId | undefined;
  /** What the published network returns: our graphs all end in `prob`, the softmax of the last linear layer. */
  readonly publishedOutput: 'logits' | 'probabilities';
  readonly recipe: Recipe;
  /** Accuracy that its authors reported. */
  readonly reported: string;
}

/** How the authors trained it. */
export interface Recipe {
  readonly optimizer: string;
  readonly batchSize?: number;
  readonly epochs?: number;
  readonly initialisation?: string;
  readonly augmentation: readonly string[];
}

export interface VariantOptions {
  /** Number of classes; at least 1. Default: as published. */
  readonly classes?: number;
  /** Multiplies every channel count and hidden width, rounded to even numbers of at least 2. Default 1. */
  readonly width?: number;
  /** Height and width of the input, where the original allows others than its own. */
  readonly inputSize?: number;
}

/** What the builder of a variant gets. */
export interface Dimensions {
  readonly classes: number;
  readonly inputSize: number;
  /** Channel counts and hidden widths, narrowed: `wide(96)` is 96 at width 1. */
  wide(channels: number): number;
}

/** A variant before it is built: everything stated once, in one file per variant. */
export interface VariantDefinition extends Omit<Variant, 'graph' | 'preprocessing'> {
  readonly classes: number;
  readonly inputSize: number;
  /** Which other input sizes the original takes. */
  readonly inputSizes: readonly number[] | { readonly atLeast: number };
  /** Input sizes at which the original knew other classes than `labels`. */
  readonly otherLabelsAt?: readonly number[];
  /** Exact counts at the published classes, width and input size; a test checks them. */
  readonly parameters: number;
  readonly macs: number;
  preprocessing(inputSize: number): Preprocessing;
  build(dimensions: Dimensions): Graph;
}
