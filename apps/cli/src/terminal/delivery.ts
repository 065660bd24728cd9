import { type BenchmarkReport, labelOf } from '@alexnet/benchmark';

const places = {
  network: 'the network',
  cache: 'the cache',
  folder: 'the folder',
  memory: 'memory (verified and parsed)',
};

/** How long the weights of a network take to come here, and to compile on their way, a line each; nothing where that was not timed. */
export function deliveryText(
  { deliveries = [], measurements }: Pick<BenchmarkReport, 'deliveries' | 'measurements'>,
  variant: string,
): string[] {
  const ways = deliveries
    .filter((record) => record.variant === variant)
    .map(
      ({ from, bytes, p50Ms, ciLowMs, ciHighMs }) =>
        `${(bytes / 1e6).toFixed(1)} MB of weights from ${places[from]} in ${p50Ms.toFixed(0)} ms (${ciLowMs.toFixed(0)} to ${ciHighMs.toFixed(0)})`,
    );
  const arriving = measurements
    .filter((m) => m.variant === variant && m.phase === 'arriving')
    .map((m) => `${labelOf(m)} compiles them on their way in ${m.p50Ms.toFixed(0)} ms`);
  return ways.length === 0 ? [] : [...ways, ...arriving, ''];
}
