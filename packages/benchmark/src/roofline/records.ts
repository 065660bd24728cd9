import type { Graph, NodeTiming } from '@alexnet/core';
import type { LayerRecord, Measurement, RooflineRecord, Subject } from '../records.ts';
import { floorsOf } from './floor.ts';
import type { Rates } from './rates.ts';

/** A network beside its ceiling at one batch size. */
export function rooflineOf(
  { candidate, precision, variant, batch, p50Ms }: Measurement,
  graph: Graph,
  rates: Rates,
): RooflineRecord {
  const floorMs = floorsOf(graph, batch, rates).reduce((sum, { ms }) => sum + ms, 0);
  const share = p50Ms === 0 ? {} : { share: floorMs / p50Ms };
  return { candidate, precision, variant, batch, ...rates, floorMs, ...share };
}

/** What a backend says each layer took, beside the least it can take where rates are known. Layers that run as one have one record. */
export function layersOf(
  subject: Subject,
  { variant, graph, batch }: { readonly variant: string; readonly graph: Graph; readonly batch: number },
  timings: readonly NodeTiming[],
  rates: Rates | undefined,
): LayerRecord[] {
  const floors = rates === undefined ? [] : floorsOf(graph, batch, rates);
  return timings.map(({ nodes, ms }) => {
    const names = nodes.split('+');
    const own = floors.filter(({ node }) => names.includes(node));
    const floorMs = own.reduce((sum, floor) => sum + floor.ms, 0);
    const [bound] = own.map((floor) => floor.bound);
    const beside = bound === undefined ? {} : { floorMs, bound };
    return { candidate: subject.candidate, precision: subject.precision, variant, batch, nodes, ms, ...beside };
  });
}
