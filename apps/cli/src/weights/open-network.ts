import { basename } from 'node:path';
import { readCheckpoint } from '@alexnet/checkpoints';
import {
  AlexNetError,
  countNonFinite,
  createVariant,
  inferShapes,
  labelSets,
  type Manifest,
  type ManifestDimensions,
  type Named,
  type Preprocessing,
  preprocessedShape,
  sameShape,
  seededWeights,
  showShape,
  type Variant,
  type WeightSource,
  type Weights,
  withNormalisation,
} from '@alexnet/core';
import { defaultCacheFolder, fileCache, fileSource, openWeights } from '@alexnet/core/files';
import type { Context } from '../commands/command.ts';
import { type NetworkOptions, pickNetwork } from '../options.ts';
import { createProgress } from '../terminal/progress.ts';
import { locate, shippedFor } from './locate.ts';
import { siblingsOf } from './siblings.ts';
import { watchForNonFinite } from './watch-for-non-finite.ts';

export interface NetworkChoice extends NetworkOptions {
  /** Default: what the weights say they are; for generated weights, BVLC AlexNet. */
  readonly variant?: string;
}

/** A network with its weights, wherever they are. Dispose of it to close what they come from. */
export interface Network extends AsyncDisposable {
  /** With the preprocessing that the weights want, where they say one. */
  readonly variant: Variant;
  /** What its classes are called, where anybody knows: `classNames` gives them by index. */
  readonly labels: Manifest['labels'] | undefined;
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
/** Bytes. */
const WORTH_WAITING_FOR = 16_000_000;

/**
 * Opens what `--weights` names, or the weights that come along, and tells the network by it where nobody did.
 * NaN and infinite weights are allowed, and reported. Errors: those of reading; `invalid-input` when the file fits several networks.
 */
export async function openNetwork(
  source: string | undefined,
  choice: NetworkChoice,
  context: Context,
): Promise<Network> {
  const text = source ?? shippedFor(choice.variant);
  const location = await locate(text);
  const options = pickNetwork(choice);
  if (location.kind === 'seed') {
    const variant = createVariant(choice.variant ?? DEFAULT_VARIANT, options);
    const weights = seededWeights(variant.graph, location.seed);
    const dimensions = dimensionsOf(variant, choice.width);
    const origin: Origin = { kind: 'seed', text };
    return { variant, labels: variant.labels, dimensions, weights, origin, async [Symbol.asyncDispose]() {} };
  }
  return location.kind === 'native'
    ? openNative(location.location, text, choice, context)
    : openCheckpoint(location.path, choice, context);
}

async function openNative(
  location: string,
  text: string,
  choice: NetworkChoice,
  { output, signal }: Context,
): Promise<Network> {
  const progress = createProgress(output.progressStream);
  const opened = await openWeights(location, {
    cache: fileCache(defaultCacheFolder()),
    signal,
    onProgress: ({ loaded, total }) => {
      if (loaded === total || total < WORTH_WAITING_FOR) progress.clear();
      else progress.update(`${(loaded / 1e6).toFixed(0)} MB of weights`, loaded, total);
    },
    onWarning: (warning: AlexNetError) => output.note(`Warning: ${warning.message}`),
  });
  const dispose = async () => {
    progress.clear();
    await opened[Symbol.asyncDispose]();
  };
  try {
    const { manifest } = opened;
    if (manifest === undefined) {
      throw new AlexNetError({ code: 'invalid-file', message: `${text} has no manifest`, where: text });
    }
    const variant = variantOf(manifest, choice, text);
    output.note(`${text}: ${manifest.variant}, ${manifest.precision}, ${(opened.bytes / 1e6).toFixed(1)} MB`);
    return {
      variant,
      labels: manifest.labels ?? variant.labels,
      dimensions: dimensionsOf(variant, choice.width ?? manifest.dimensions.width),
      weights: watchForNonFinite(opened, (name) => {
        progress.clear();
        output.note(nonFinite(text, name));
      }),
      origin: { kind: 'native', text, manifest },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/**
 * The network of the manifest, or what was asked for in its place. Where the network is its own, so is the preprocessing; at another input
 * size its images are cut as the network's are there, and their values remain what the weights were made for.
 */
function variantOf(manifest: Manifest, choice: NetworkChoice, where: string): Variant {
  const wanted = { ...manifest.dimensions, ...pickNetwork(choice) };
  const variant = createVariant(choice.variant ?? manifest.variant, wanted);
  if (variant.id !== manifest.variant) return variant;
  const preprocessing =
    wanted.inputSize === manifest.dimensions.inputSize
      ? checkedPreprocessing(manifest, variant, where)
      : withNormalisation(variant.preprocessing, manifest.preprocessing);
  return { ...variant, preprocessing };
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
  for (const { name } of countNonFinite(weights)) output.note(nonFinite(path, name));
  return {
    variant,
    labels: checkpoint.labels ?? variant.labels,
    dimensions: dimensionsOf(variant, checkpoint.width),
    weights,
    origin: { kind: 'checkpoint', text: path, checkpoint },
    async [Symbol.asyncDispose]() {},
  };
}

const nonFinite = (file: string, name: string) =>
  `Warning: ${name} of ${file} holds values that are NaN or infinite; outputs may not be numbers`;

/** Errors: `invalid-file` when it makes other inputs than the network takes. */
function checkedPreprocessing({ preprocessing }: Manifest, { graph }: Variant, where: string): Preprocessing {
  const [, ...made] = preprocessedShape(preprocessing);
  const [{ shape }] = graph.inputs as [Named];
  if (sameShape(made, shape)) return preprocessing;
  throw new AlexNetError({
    code: 'invalid-file',
    message: `The manifest says how to make inputs of ${showShape(made)}, and the network takes ${showShape(shape)}`,
    where,
    fix: 'Write the weights anew from the file that they are of: alexnet convert.',
  });
}

/** Names of the classes by index, one for each; they may be alike. */
export function classNames({ labels, dimensions: { classes } }: Network): readonly string[] | undefined {
  const names = typeof labels === 'string' ? labelSets[labels].names : labels;
  return names?.length === classes ? names : undefined;
}

/** What the weights were made of, for files made of these. */
export function provenanceOf({ origin }: Network): string {
  return (origin.kind === 'native' ? origin.manifest.provenance?.source : undefined) ?? basename(origin.text);
}

export function licenceOf({ origin }: Network): string | undefined {
  return origin.kind === 'native' ? origin.manifest.licence : undefined;
}

/** What `createVariant` was given, or would have been. */
export function dimensionsOf({ graph }: Variant, width = 1): ManifestDimensions {
  const { values } = inferShapes(graph);
  return { classes: values.get(graph.outputs[0]!)![0]!, width, inputSize: graph.inputs[0]!.shape[1]! };
}
