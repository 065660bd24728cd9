import { costOf, type Precision } from '@alexnet/core';
import { behaviourChecks } from '../behaviour/index.ts';
import { gradientChecks } from '../gradients/check.ts';
import { isAmongFew } from '../gradients/few.ts';
import { int8Checks } from '../int8/int8-checks.ts';
import { type NetworkUnderTest, networkStages } from '../networks/checks.ts';
import type { ExpectedLayers } from '../networks/expected.ts';
import type { OracleCache, OracleOptions } from '../networks/oracle.ts';
import { storedPrecisions } from '../numerics/precision.ts';
import { opChecks } from '../ops/check.ts';
import { errorSampleChecks } from '../ops/error-checks.ts';
import { type PropertyOptions, propertyChecksFor } from '../properties/index.ts';
import type { Suite } from '../report/report.ts';
import { resumedChecks, trainingChecks } from '../training/check.ts';
import { trainingErrorChecks } from '../training/errors.ts';
import type { CheckDefinition } from './check.ts';
import { type Level, levels } from './levels.ts';
import type { CheckFacts } from './select.ts';

/** Which checks there are; `select` chooses among them. */
export interface PlanOptions {
  /** How thorough: see `levels`. Default `standard`. Each of the options below overrides what the level says. */
  readonly level?: Level;
  /** Networks also need `networks`. */
  readonly suites?: readonly Suite[];
  readonly networks?: readonly NetworkUnderTest[];
  /**
   * How many of the networks, from the first, are checked with stored weights too (f16, q8, q4, as far as they are declared), on their
   * first image: the layers before the first linear one are the same in every precision that only stores weights.
   */
  readonly storedNetworks?: number;
  /** How many of them are checked in int8, on their first image, calibrated on the others. */
  readonly int8Networks?: number;
  /** How many random cases per op, and from which seed. */
  readonly properties?: PropertyOptions;
}

/** Checks that belong together, in order. */
export interface Stage {
  readonly checks: readonly CheckDefinition[];
  /** Of a whole network: the multiply-accumulates of one image, for estimates of time. */
  readonly macs?: number;
  /** Computes what the checks of these images compare with; before the first of them. */
  prepare?(oracle: OracleCache, images: ReadonlySet<string>, options: OracleOptions): Promise<void>;
  /** Lets go of what they share. */
  end(): Promise<void>;
}

/** All checks, in the order in which they run. Nothing is computed yet. */
export function planStages({ level = 'standard', networks = [], ...options }: PlanOptions): readonly Stage[] {
  const content = levels[level];
  const wanted = new Set(options.suites ?? content.suites);
  const inLevel = ({ id }: CheckDefinition) => content.trainingRows === 'all' || isAmongFew(id);
  const chosen = wanted.has('network') ? networks : [];
  const storedNetworks = options.storedNetworks ?? content.storedNetworks;
  const int8Networks = options.int8Networks ?? Math.min(content.int8Networks, storedNetworks);
  return [
    ...(wanted.has('op') ? [alone([...opChecks, ...errorSampleChecks])] : []),
    ...(wanted.has('gradient') ? [alone(gradientChecks.filter(inLevel))] : []),
    ...(wanted.has('property') ? [alone(propertyChecksFor({ runs: content.randomCases, ...options.properties }))] : []),
    ...(wanted.has('behaviour') ? [alone(behaviourChecks)] : []),
    ...(wanted.has('training')
      ? [alone([...trainingChecks, ...resumedChecks, ...trainingErrorChecks].filter(inLevel))]
      : []),
    ...chosen.flatMap((network) => stagesOf(network, 'f32')),
    ...chosen
      .map(firstImageOf)
      .flatMap((network, index) => [
        ...(index < storedNetworks ? storedPrecisions.flatMap((precision) => stagesOf(network, precision)) : []),
        ...(index < int8Networks ? [{ ...alone(int8Checks(network)), macs: macsOf(network) }] : []),
      ]),
  ];
}

/** What a run with these options checks, as far as it is known without a backend: for tables, and to choose from. */
export function listChecks(options: PlanOptions = {}): readonly CheckFacts[] {
  return planStages(options)
    .flatMap(({ checks }) => checks)
    .map(({ run: _run, notDeclared: _notDeclared, ...facts }) => facts);
}

/** The ids that skips may name: also of checks that only a more thorough level has. */
export function idsOfAnyLevel({ level = 'standard', ...options }: PlanOptions): readonly string[] {
  const suites = options.suites ?? levels[level].suites;
  return [
    ...new Set([{ level }, { level: 'full' as const }].flatMap((each) => idsOf({ ...options, ...each, suites }))),
  ];
}

const idsOf = (options: PlanOptions) => planStages(options).flatMap(({ checks }) => checks.map(({ id }) => id));

/** A network on its first image; int8 is calibrated on the others. */
function firstImageOf(network: NetworkUnderTest): NetworkUnderTest {
  const [first, ...others] = network.images;
  return {
    ...network,
    images: first === undefined ? [] : [first],
    calibration: [...others.map(({ tensor }) => tensor), ...(network.calibration ?? [])],
  };
}

function alone(checks: readonly CheckDefinition[]): Stage {
  return { checks, end: async () => {} };
}

/** The stages of a network, which share what the oracle expects; it is computed when the first of them begins. */
function stagesOf(network: NetworkUnderTest, precision: Precision): readonly Stage[] {
  const expected = new Map<string, ExpectedLayers>();
  return networkStages(network, expected, precision).map((stage) => ({
    ...stage,
    macs: macsOf(network),
    async prepare(oracle, wanted, options) {
      const images = network.images.filter(({ name }) => wanted.has(name) && !expected.has(name));
      if (images.length === 0) return;
      const computed = await oracle.expect({ ...network, images }, { ...options, precision });
      for (const [image, layers] of computed) expected.set(image, layers);
    },
  }));
}

function macsOf({ variant, images }: NetworkUnderTest): number {
  return costOf(variant.graph).macs * (images[0]?.tensor.shape[0] ?? 1);
}
