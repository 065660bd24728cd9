import { throwIfAborted, type WeightSource } from '@alexnet/core';
import { medianInterval } from '../protocol/statistics.ts';
import type { DeliveryRecord } from '../records.ts';

/** A way in which weights come here. */
export interface Delivery {
  readonly from: DeliveryRecord['from'];
  /** Opens them anew: nothing of them is in memory, or was asked for. */
  open(): Promise<WeightSource & AsyncDisposable & { readonly bytes: number }>;
}

export interface DeliveryOptions {
  readonly variant: string;
  readonly now: () => number;
  readonly signal?: AbortSignal;
}

/** Times, so that there is an interval; fewer once that took long. */
const TIMES = 7;
const LIMIT_MS = 20_000;

/** How long it takes until a source has given everything, from opening it; what it gives is let go of. Errors: those of `open` and `read`. */
export async function timeDelivery({ from, open }: Delivery, options: DeliveryOptions): Promise<DeliveryRecord> {
  const { variant, now, signal } = options;
  const times: number[] = [];
  let bytes = 0;
  const start = now();
  while (times.length < TIMES && (times.length === 0 || now() - start < LIMIT_MS)) {
    throwIfAborted(signal, 'benchmark');
    const began = now();
    await using source = await open();
    for (const name of source.parameters.keys()) await source.read(name, { signal });
    times.push(now() - began);
    bytes = source.bytes;
  }
  const { value, low, high } = medianInterval(times);
  return { variant, from, bytes, samples: times.length, p50Ms: value, ciLowMs: low, ciHighMs: high };
}
