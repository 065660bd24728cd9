import { createVariant, type Graph, showShape, type Variant, type VariantOptions } from '@alexnet/core';
import type { CheckpointFile, CheckpointFormat, OpenContext } from './checkpoint-file.ts';
import { inputSizeIn, labelsIn } from './file-metadata.ts';
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
  /** With its usual preprocessing, which no file holds; at the input size that the file's metadata say where its tensors do not tell. */
  readonly variant: Variant;
  readonly classes: number;
  readonly width: number;
  /** Names of the classes by index, where the file's metadata hold them. */
  readonly labels: readonly string[] | undefined;
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
  const constraints = constraintsOf(options);
  const { variant: found, options: sizes, evidence } = identify(file, constraints);
  const { classes, width } = sizes;
  const inputSize = constraints.inputSize === undefined ? inputSizeIn(file.metadata) : undefined;
  const variant = inputSize === undefined ? found : (ofSize(found, { ...sizes, inputSize }) ?? found);
  const labels = labelsIn(file.metadata, classes);
  return { ...(await checkpoint(file, variant.graph, progress)), variant, classes, width, labels, evidence };
}

/** The network with inputs of another size, where there is one with the same parameters. */
function ofSize({ id, graph }: Variant, options: VariantOptions): Variant | undefined {
  try {
    const other = createVariant(id, options);
    const shapes = new Map(other.graph.parameters.map(({ name, shape }) => [name, shape]));
    return graph.parameters.every(({ name, shape }) => showShape(shapes.get(name) ?? []) === showShape(shape))
      ? other
      : undefined;
  } catch {
    return undefined; // no such size, whatever the metadata say
  }
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
