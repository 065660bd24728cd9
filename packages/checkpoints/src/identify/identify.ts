import { createVariant, type Graph, type Variant, type VariantOptions, variantDefinitions } from '@alexnet/core';
import type { CheckpointFile } from '../checkpoint-file.ts';
import { unusedWeights } from '../map/match.ts';
import { type Candidate, type Constraints, candidatesOf, given, sizesIn } from './candidates.ts';
import { followClues } from './clues.ts';
import { ambiguous, fitsNone, leftOver } from './unclear.ts';

/** The network whose weights a file holds. */
export interface Identified {
  readonly variant: Variant;
  /** What `createVariant` was given. */
  readonly options: Required<VariantOptions>;
  /** What told it from others that have the same tensors. */
  readonly evidence: readonly string[];
}

/**
 * Tells a file's network: the variant, its classes, its width. Errors: `invalid-weights` when it fits none; `invalid-input` when it fits
 * several and nothing tells which, or fits with weights left over; `unknown-name` for a variant that does not exist.
 */
export function identify(file: CheckpointFile, constraints: Constraints = {}): Identified {
  if (constraints.variant !== undefined) return sized(file, constraints.variant, constraints);
  const fitting = candidatesOf(file, constraints);
  if (fitting.length === 0) throw fitsNone(file, constraints);
  if (fitting.some(({ fit }) => unusedWeights(fit, file).length > 0)) throw leftOver(fitting, file);
  const { candidates, evidence } = followClues(fitting, file);
  const [only, ...others] = candidates as [Candidate, ...Candidate[]];
  if (others.length > 0) throw ambiguous(candidates);
  return { variant: only.variant, options: only.options, evidence };
}

/** A network that is asked for by name: formats without shapes need it to be opened. */
export function wantedGraph({ variant, classes, width, inputSize }: Constraints): Graph | undefined {
  return variant === undefined ? undefined : createVariant(variant, given({ classes, width, inputSize })).graph;
}

/** A variant that was named, at the sizes that the file has; as published, where these cannot be told: what is wrong shows later. */
function sized(file: CheckpointFile, id: string, constraints: VariantOptions): Identified {
  const { classes, width, inputSize } = constraints;
  const known = given({ classes, width, inputSize });
  const definition = variantDefinitions.find((candidate) => candidate.id === id);
  const fitting = candidatesOf(file, { variant: id, ...known })[0];
  if (fitting !== undefined) return { variant: fitting.variant, options: fitting.options, evidence: [] };
  const sizes = definition && sizesIn(definition, file, known);
  const variant = createVariant(id, sizes ?? known);
  const { classes: published, inputSize: size } = definition!;
  const options = sizes ?? { classes: classes ?? published, width: width ?? 1, inputSize: inputSize ?? size };
  return { variant, options, evidence: [] };
}
