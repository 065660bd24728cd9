import { AlexNetError } from '../error.ts';
import type { Graph } from '../graph/graph.ts';
import { inferShapes } from '../graph/infer.ts';
import { movesOnly, quantisedPlaces } from './places.ts';
import { LARGEST_Q, type Quantisation } from './quantisation.ts';

/** How the values of one network are quantised, from what they were on sample images. Plain data: it can be kept as JSON. */
export interface Calibration {
  /** By name of the value; `quantisedPlaces` of the graph with batch norm folded. */
  readonly values: Readonly<Record<string, Quantisation>>;
}

/**
 * How every value that is held in 8 bits is held: those that a calibration names, and what steps that only move values make of them.
 * Errors: `invalid-graph`; `invalid-input` for a calibration that does not fit the graph.
 */
export function quantisationsOf(graph: Graph, { values }: Calibration): ReadonlyMap<string, Quantisation> {
  const shapes = inferShapes(graph);
  const places = quantisedPlaces(graph);
  const relus = new Set(graph.nodes.flatMap(({ op, name }) => (op === 'relu' ? [name] : [])));
  const held = new Map<string, Quantisation>();
  for (const name of places) held.set(name, checked(name, values, relus.has(name)));
  for (const node of graph.nodes) {
    const before = held.get(node.inputs[0]);
    if (before !== undefined && !places.has(node.name) && movesOnly(node, shapes)) held.set(node.name, before);
  }
  return held;
}

function checked(name: string, values: Calibration['values'], isRelu: boolean): Quantisation {
  const given: Partial<Quantisation> | undefined = Object.hasOwn(values, name) ? values[name] : undefined;
  if (given === undefined) throw wrong(`has nothing about the value ${name}`);
  const { scale, zeroPoint } = given;
  // The product of two scales must be a normal float32: engines compute with it.
  if (typeof scale !== 'number' || Math.fround(scale) !== scale || !(scale >= 2 ** -60 && scale <= 2 ** 60)) {
    throw wrong(`gives ${name} the scale ${scale}, which is no float32 from 2^-60 to 2^60`);
  }
  if (typeof zeroPoint !== 'number' || !Number.isInteger(zeroPoint) || zeroPoint < 0 || zeroPoint > LARGEST_Q) {
    throw wrong(`gives ${name} the zero point ${zeroPoint}, which is no whole number from 0 to ${LARGEST_Q}`);
  }
  if (isRelu && zeroPoint !== 0) throw wrong(`gives the ReLU ${name} the zero point ${zeroPoint} instead of 0`);
  return { scale, zeroPoint };
}

function wrong(what: string): AlexNetError {
  return new AlexNetError({
    code: 'invalid-input',
    message: `The calibration ${what}`,
    fix: 'Make one with calibrate, for this variant and these weights.',
    where: 'calibration',
  });
}
