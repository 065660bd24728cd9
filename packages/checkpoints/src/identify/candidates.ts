import {
  createVariant,
  type Variant,
  type VariantDefinition,
  type VariantOptions,
  variantDefinitions,
} from '@alexnet/core';
import type { CheckpointFile } from '../checkpoint-file.ts';
import { outAxis } from '../map/forms.ts';
import { findFit } from '../map/map-tensors.ts';
import { type Fit, fitsAll, unusedWeights } from '../map/match.ts';
import { type Placement, placements } from '../map/placement.ts';
import { type Role, rolesOf } from '../map/roles.ts';
import { solveWidth } from './solve-width.ts';

/** A network that a file fits. */
export interface Candidate {
  readonly variant: Variant;
  /** What `createVariant` was given. */
  readonly options: Required<VariantOptions>;
  readonly fit: Fit;
}

/** What is known already. */
export interface Constraints extends VariantOptions {
  /** The id of the variant. */
  readonly variant?: string;
}

/**
 * The networks whose every parameter is in a file with the right shape, each at the width and with the classes that the file has. Those that
 * leave no weights over; only where there are none, those that do: without its batch norm, a network may have another's tensors.
 */
export function candidatesOf(file: CheckpointFile, { variant, ...known }: Constraints = {}): readonly Candidate[] {
  const fitting = variantDefinitions
    .filter((definition) => (variant === undefined ? takes(definition, known.inputSize) : definition.id === variant))
    .flatMap((definition) => candidateOf(definition, file, known) ?? []);
  const whole = fitting.filter(({ fit }) => unusedWeights(fit, file).length === 0);
  return whole.length > 0 ? whole : fitting;
}

/** Whether a variant exists at an input size. */
export function takes({ inputSizes }: VariantDefinition, size: number | undefined): boolean {
  if (size === undefined) return true;
  return 'atLeast' in inputSizes ? size >= inputSizes.atLeast : inputSizes.includes(size);
}

/** Options without those that are undefined. */
export function given(
  options: { readonly [K in keyof VariantOptions]: VariantOptions[K] | undefined },
): VariantOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** A variant as a file has it, whether all of it fits or not; undefined when its sizes cannot be told. */
export function sizesIn(
  definition: VariantDefinition,
  file: CheckpointFile,
  known: VariantOptions = {},
): Required<VariantOptions> | undefined {
  const { id, inputSize } = definition;
  const roles = rolesOf(createVariant(id).graph);
  for (const placement of placements(roles, file)) {
    const solved = solve(roles, placement, file, known);
    if (solved !== undefined) return { ...solved, inputSize: known.inputSize ?? inputSize };
  }
  return undefined;
}

function candidateOf(
  definition: VariantDefinition,
  file: CheckpointFile,
  known: VariantOptions,
): Candidate | undefined {
  const sizes = sizesIn(definition, file, known);
  if (sizes === undefined) return undefined;
  const { id, inputSizes } = definition;
  const others = known.inputSize === undefined && !('atLeast' in inputSizes) ? inputSizes : [];
  for (const inputSize of new Set([sizes.inputSize, ...others])) {
    const options = { ...sizes, inputSize };
    const variant = createVariant(id, options);
    const fit = findFit(rolesOf(variant.graph), file);
    if (fitsAll(fit)) return { variant, options, fit };
  }
  return undefined;
}

/** The classes are what the last linear layer has; the width is what the other layers have of the published outputs. */
function solve(
  roles: readonly Role[],
  { found }: Placement,
  { tensors }: CheckpointFile,
  known: VariantOptions,
): { classes: number; width: number } | undefined {
  const weights = roles.filter(({ op, part }) => part === 'weight' && op !== 'batchNorm');
  const outputs = weights.map((role) => {
    const placed = found.get(role.parameter);
    const shape = placed && tensors.get(placed.name)!.shape;
    if (shape?.length !== role.shape.length) return undefined;
    return { published: role.shape[0]!, found: shape[outAxis(role, placed!.layout)]! };
  });
  const there = outputs.filter((output) => output !== undefined);
  if (there.length < outputs.length) return undefined;
  const classes = known.classes ?? there.at(-1)!.found;
  const width = known.width ?? solveWidth(there.slice(0, -1));
  return width === undefined || !isCount(classes) ? undefined : { classes, width };
}

/** What `createVariant` takes. */
function isCount(classes: number): boolean {
  return Number.isInteger(classes) && classes >= 1 && classes <= 1_000_000;
}
