import type { Graph, Variant, VariantOptions } from '@alexnet/core';
import type { CheckpointFile, CheckpointFormat, OpenContext } from './checkpoint-file.ts';
import { type Constraints, given } from './identify/candidates.ts';
import { identify, wantedGraph } from './identify/identify.ts';
import { differences } from './map/differences.ts';
import { type Mapped, mapTensors, type ReadProgress } from './map/map-tensors.ts';
import { type CheckpointSource, openCheckpoint } from './open-checkpoint.ts';

/** The weights of a network, and what became of everything in the file. */
export interface Checkpoint extends Mapped {
  readonly format: CheckpointFormat;
  /** What else is in the file and is no tensor of numbers. */
  readonly others: readonly string[];
  /** What the file says of itself. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Settings in which the file's network differs from the graph, as sentences: batch norm's epsilon, groups. */
  readonly differences: readonly string[];
}

/** A checkpoint whose network was told by its content. */
export interface IdentifiedCheckpoint extends Checkpoint {
  /** With its preprocessing and labels, which no file holds. */
  readonly variant: Variant;
  readonly classes: number;
  readonly width: number;
  /** What told networks apart that have the same tensors; empty where there was only one. */
  readonly evidence: readonly string[];
}

export interface ReadCheckpointOptions extends Omit<OpenContext, 'graph'> {
  onProgress?(progress: ReadProgress): void;
}

/** The network whose weights are wanted. */
export interface ReadGraphOptions extends ReadCheckpointOptions {
  readonly graph: Graph;
}

/** What is known of the network; the file tells the rest. */
export interface ReadVariantOptions extends ReadCheckpointOptions, VariantOptions {
  /** The id of a variant: necessary where a file fits several, and to take part of a file. */
  readonly variant?: string;
}

/**
 * Reads weights from a file of any known format, told by its content, into our layout; at most the weights and some 64 MB are in memory.
 * Given a graph, its parameters are read; else the network is told by the file. Nothing is folded; NaN and infinities are kept.
 * Errors: `invalid-file` for a file that is damaged or of no known format; `invalid-weights` when it does not fit the graph or any variant;
 * `invalid-input` when it fits several variants, or when a file that it names is missing; `unknown-name` for the variant; `aborted`.
 */
export async function readCheckpoint(source: CheckpointSource, options: ReadGraphOptions): Promise<Checkpoint>;
export async function readCheckpoint(
  source: CheckpointSource,
  options?: ReadVariantOptions,
): Promise<IdentifiedCheckpoint>;
export async function readCheckpoint(
  source: CheckpointSource,
  options: ReadGraphOptions | ReadVariantOptions = {},
): Promise<Checkpoint | IdentifiedCheckpoint> {
  const { signal, sibling, onProgress } = options;
  const graph = 'graph' in options ? options.graph : wantedGraph(constraintsOf(options));
  const file = await openCheckpoint(source, {
    signal,
    ...(sibling === undefined ? {} : { sibling }),
    ...(graph === undefined ? {} : { graph }),
  });
  const progress = { signal, ...(onProgress === undefined ? {} : { onProgress }) };
  if ('graph' in options) return checkpoint(file, options.graph, progress);
  const { variant, options: sizes, evidence } = identify(file, constraintsOf(options));
  const { classes, width } = sizes;
  return { ...(await checkpoint(file, variant.graph, progress)), variant, classes, width, evidence };
}

function constraintsOf({ variant, classes, width, inputSize }: ReadVariantOptions): Constraints {
  return { ...(variant === undefined ? {} : { variant }), ...given({ classes, width, inputSize }) };
}

async function checkpoint(
  file: CheckpointFile,
  graph: Graph,
  options: Parameters<typeof mapTensors>[2],
): Promise<Checkpoint> {
  const mapped = await mapTensors(graph, file, options);
  const { format, others, metadata } = file;
  return { format, ...mapped, others, metadata, differences: differences(graph, file, mapped.matched) };
}
