import {
  expectedSeconds,
  type Level,
  levels,
  listChecks,
  type NetworkUnderTest,
  type PlanOptions,
  photographs,
  type Selection,
  selectChecks,
} from '@alexnet/conformance';
import { createVariant, sizeOf, type VariantOptions } from '@alexnet/core';
import type { NetworkPlan } from './networks.ts';

/** What of a plan decides which checks run. */
export interface PartsPlan {
  readonly level: Level;
  readonly networks: readonly NetworkPlan[];
  /** Whether backends that train are checked in that too. Default: yes. */
  readonly training?: boolean;
  /** Other sizes than the published ones, for all networks. */
  readonly dimensions?: VariantOptions;
  /** Which checks to run, over all parts. Default: all. */
  readonly select?: readonly string[];
}

/** A part of a run, of every backend: all that needs no network, or one network. */
export interface Part {
  readonly network?: NetworkPlan;
  readonly options: Pick<PlanOptions, 'level' | 'suites' | 'storedNetworks' | 'int8Networks'>;
  readonly select: Selection;
  /** How long it takes on an ordinary backend. */
  readonly seconds: number;
}

/**
 * The parts of a run in which something is selected. Errors: `unknown-name` for a pattern that matches nothing in any part, and for a variant
 * that does not exist.
 */
export function partsOf({ level, networks, training = true, dimensions, select }: PartsPlan): readonly Part[] {
  const alone = training
    ? (['op', 'gradient', 'property', 'behaviour', 'training'] as const)
    : (['op', 'property', 'behaviour'] as const);
  const parts = [
    { options: { level, suites: alone } as const, networks: [] },
    ...networks.map((network, index) => ({
      network,
      options: {
        level,
        suites: ['network'],
        storedNetworks: index < levels[level].storedNetworks ? 1 : 0,
        int8Networks: index < levels[level].int8Networks ? 1 : 0,
      } as const,
      networks: [namesOf(network, dimensions)],
    })),
  ].map(({ networks: under, ...part }) => {
    const plan = { ...part.options, networks: under };
    return { ...part, checks: listChecks(plan), seconds: expectedSeconds(plan) };
  });
  const all = parts.flatMap(({ checks }) => checks);
  const selected = new Set((select === undefined ? all : selectChecks(all, select)).map(({ id }) => id));
  return parts
    .filter(({ checks }) => checks.some(({ id }) => selected.has(id)))
    .map(({ checks: _checks, ...part }) => ({ ...part, select: ({ id }) => selected.has(id) }));
}

export function variantOf({ variant, dimensions: own }: NetworkPlan, dimensions: VariantOptions | undefined) {
  return createVariant(variant, { ...own, ...dimensions });
}

/** A network as far as ids of checks depend on it: no photograph is decoded, no weight is made. */
function namesOf(plan: NetworkPlan, dimensions: VariantOptions | undefined): NetworkUnderTest {
  const variant = variantOf(plan, dimensions);
  const nothing = { shape: [1], data: new Float32Array(1) };
  return {
    variant,
    // zeros that are never touched take no memory; folding batch norm reads some
    weights: new Map(
      variant.graph.parameters.map(({ name, shape }) => [name, { shape, data: new Float32Array(sizeOf(shape)) }]),
    ),
    images: photographs.slice(0, plan.photographs).map(({ name }) => ({ name, tensor: nothing })),
  };
}
