import { readCheckpoint } from '@alexnet/checkpoints';
import {
  type AlexNetError,
  countNonFinite,
  createVariant,
  inferShapes,
  type Manifest,
  type ManifestDimensions,
  seededWeights,
  type Variant,
  type WeightSource,
  type Weights,
} from '@alexnet/core';
import { defaultCacheFolder, fileCache, fileSource, openWeights } from '@alexnet/core/files';
import type { Context } from '../commands/command.ts';
import { type NetworkOptions, pickNetwork } from '../options.ts';
import { createProgress } from '../terminal/progress.ts';
import { locate } from './locate.ts';
import { siblingsOf } from './siblings.ts';

export interface NetworkChoice extends NetworkOptions {
  /** Default: what the weights say they are; for generated weights, BVLC AlexNet. */
  readonly variant?: string;
}

/** A network with its weights, wherever they are. Dispose of it to close what they come from. */
export interface Network extends AsyncDisposable {
  readonly variant: Variant;
  readonly dimensions: ManifestDimensions;
  readonly weights: Weights | WeightSource;
  /** What was opened: for messages and files' metadata. */
  readonly origin: Origin;
}

export type Origin =
  | { readonly kind: 'seed'; readonly text: string }
  | { readonly kind: 'native'; readonly text: string; readonly manifest: Manifest }
  | { readonly kind: 'checkpoint'; readonly text: string; readonly checkpoint: Checkpoint };

type Checkpoint = Awaited<ReturnType<typeof readCheckpoint>>;

const DEFAULT_VARIANT = 'bvlc-alexnet';

/**
 * Opens what `--weights` names, and tells the network by it where nobody did.
 * NaN and infinite weights are allowed, and reported. Errors: those of reading; `invalid-input` when the file fits several networks.
 */
export async function openNetwork(source: string, choice: NetworkChoice, context: Context): Promise<Network> {
  const location = await locate(source);
  const options = pickNetwork(choice);
  if (location.kind === 'seed') {
    const variant = createVariant(choice.variant ?? DEFAULT_VARIANT, options);
    const weights = seededWeights(variant.graph, location.seed);
    const dimensions = dimensionsOf(variant, choice.width);
    return { variant, dimensions, weights, origin: { kind: 'seed', text: source }, async [Symbol.asyncDispose]() {} };
  }
  return location.kind === 'native'
    ? openNative(location.location, choice, context)
    : openCheckpoint(location.path, choice, context);
}

async function openNative(location: string, choice: NetworkChoice, { output, signal }: Context): Promise<Network> {
  const progress = createProgress(output.progressStream);
  const opened = await openWeights(location, {
    cache: fileCache(defaultCacheFolder()),
    signal,
    onProgress: ({ loaded, total }) => {
      if (loaded === total) progress.clear();
      else progress.update(`${(loaded / 1e6).toFixed(0)} MB of weights`, loaded, total);
    },
    onWarning: (warning: AlexNetError) => output.note(`Warning: ${warning.message}`),
  });
  const manifest = opened.manifest!;
  const { classes, width, inputSize } = manifest.dimensions;
  const variant = createVariant(choice.variant ?? manifest.variant, {
    classes,
    width,
    inputSize,
    ...pickNetwork(choice),
  });
  output.note(`${location}: ${manifest.variant}, ${manifest.precision}, ${(opened.bytes / 1e6).toFixed(1)} MB`);
  return {
    variant,
    dimensions: dimensionsOf(variant, choice.width ?? width),
    weights: opened,
    origin: { kind: 'native', text: location, manifest },
    async [Symbol.asyncDispose]() {
      progress.clear();
      await opened[Symbol.asyncDispose]();
    },
  };
}

async function openCheckpoint(path: string, choice: NetworkChoice, { output, signal }: Context): Promise<Network> {
  await using source = await fileSource(path);
  await using beside = siblingsOf(path);
  const progress = createProgress(output.progressStream);
  const checkpoint = await readCheckpoint(source, {
    ...choice,
    signal,
    sibling: beside.sibling,
    onProgress: ({ done, total, parameter }) => progress.update(parameter, done, total),
  }).finally(() => progress.clear());
  const { format, convention, weights, unused, variant } = checkpoint;
  output.note(`${path}: ${format} with ${convention} names, ${weights.size} tensors, ${variant.id}`);
  if (unused.length > 0) output.note(`Not used: ${unused.slice(0, 8).join(', ')}${unused.length > 8 ? ', ...' : ''}`);
  for (const { name, nan, infinite } of countNonFinite(weights)) {
    output.note(`Warning: ${name} holds ${nan} NaN and ${infinite} infinite values; outputs may not be numbers`);
  }
  return {
    variant,
    dimensions: dimensionsOf(variant, checkpoint.width),
    weights,
    origin: { kind: 'checkpoint', text: path, checkpoint },
    async [Symbol.asyncDispose]() {},
  };
}

/** What `createVariant` was given, or would have been. */
export function dimensionsOf({ graph }: Variant, width = 1): ManifestDimensions {
  const { values } = inferShapes(graph);
  return { classes: values.get(graph.outputs[0]!)![0]!, width, inputSize: graph.inputs[0]!.shape[1]! };
}
