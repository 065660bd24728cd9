import { costOf, type Graph } from '@alexnet/core';
import type { Rates } from './rates.ts';

/** The least that one layer can take. */
export interface Floor {
  readonly node: string;
  readonly ms: number;
  /** What holds it up: reading weights, or multiplying. */
  readonly bound: 'memory' | 'arithmetic';
}

/**
 * The least time of each layer that has weights: reading them once, or its multiply-accumulates, whichever takes longer (Williams et al. 2009, Roofline).
 * Values are not counted, since they may stay in caches, so other layers have no floor.
 */
export function floorsOf(graph: Graph, batch: number, { bytesPerSecond, macsPerSecond }: Rates): Floor[] {
  return costOf(graph)
    .nodes.filter(({ macs }) => macs > 0)
    .map(({ name, macs, weightBytes }) => {
      const reads = (1000 * weightBytes) / bytesPerSecond;
      const multiplies = (1000 * macs * batch) / macsPerSecond;
      return { node: name, ms: Math.max(reads, multiplies), bound: reads > multiplies ? 'memory' : 'arithmetic' };
    });
}
