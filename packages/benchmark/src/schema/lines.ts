import type { BenchmarkReport } from '../records.ts';

/*
 * A report as JSON lines, what `alexnet bench --json` prints: `start`, then one record per line, told by its `record`, then `end`.
 */

/** A report as its lines, before `JSON.stringify`. `createLineReader` reads them. */
export function linesOf({ schema, seed, ...lists }: BenchmarkReport): object[] {
  const {
    clockStepMs,
    measurements,
    memory,
    comparisons,
    refusals,
    noise = [],
    rooflines = [],
    layers = [],
    saturations = [],
    deliveries = [],
    shipped = [],
    warnings,
  } = lists;
  const records = (record: string, list: readonly object[]) => list.map((entry) => ({ record, ...entry }));
  return [
    { record: 'start', schema, seed, ...(clockStepMs === undefined ? {} : { clockStepMs }) },
    ...records('measurement', measurements),
    ...records('memory', memory),
    ...records('comparison', comparisons),
    ...records('refusal', refusals),
    ...records('noise', noise),
    ...records('roofline', rooflines),
    ...records('layer', layers),
    ...records('saturation', saturations),
    ...records('delivery', deliveries),
    ...records('shipped', shipped),
    ...warnings.map((text) => ({ record: 'warning', text })),
    { record: 'end', schema, seed, measurements: measurements.length, refusals: refusals.length },
  ];
}
