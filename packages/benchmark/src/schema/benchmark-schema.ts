import { precisions } from '@alexnet/core';
import * as v from 'valibot';
import {
  type BenchmarkReport,
  type Comparison,
  type DeliveryRecord,
  type LayerRecord,
  type Measurement,
  type MemoryRecord,
  type NoiseRecord,
  phases,
  type Refusal,
  type RooflineRecord,
  type SaturationRecord,
  type Shipped,
} from '../records.ts';
import { amount, batchSize, count, list, positive, text, whole } from './fields.ts';

/*
 * The records of a benchmark, as `records.ts` has them. Objects are loose: fields are only ever added, so one that is not known is from a later version.
 */

export const precision = v.picklist([...precisions, 'int8']);

const subject = { candidate: text, precision };

export const measurement: v.GenericSchema<unknown, Measurement> = v.pipe(
  v.looseObject({
    ...subject,
    kind: v.picklist(['ours', 'peer']),
    engine: text,
    device: text,
    threads: count,
    variant: text,
    batch: batchSize,
    phase: v.picklist(phases),
    samples: v.pipe(whole, v.minValue(1)),
    p50Ms: amount,
    p90Ms: amount,
    p99Ms: amount,
    ciLowMs: amount,
    ciHighMs: amount,
    outliers: count,
    imagesPerSecond: v.exactOptional(positive),
  }),
  v.check(({ ciLowMs, p50Ms, ciHighMs }) => ciLowMs <= p50Ms && p50Ms <= ciHighMs, 'The interval must hold the median'),
);

export const memory: v.GenericSchema<unknown, MemoryRecord> = v.looseObject({
  ...subject,
  variant: text,
  programBytes: amount,
  deviceBytes: v.exactOptional(amount),
  processBytes: v.exactOptional(whole),
});

export const comparison: v.GenericSchema<unknown, Comparison> = v.pipe(
  v.looseObject({
    variant: text,
    batch: batchSize,
    a: text,
    aPrecision: precision,
    b: text,
    bPrecision: precision,
    ratio: positive,
    ciLow: amount,
    ciHigh: positive,
    verdict: v.picklist(['faster', 'slower', 'no difference shown']),
  }),
  v.check(({ ciLow, ciHigh }) => ciLow <= ciHigh, 'The interval must not end below its start'),
);

export const refusal: v.GenericSchema<unknown, Refusal> = v.looseObject({ ...subject, variant: text, reason: text });

export const noise: v.GenericSchema<unknown, NoiseRecord> = v.looseObject({
  variant: text,
  batch: batchSize,
  spinMs: amount,
  spinSpread: amount,
  drift: positive,
  outlierShare: v.pipe(amount, v.maxValue(1)),
});

export const roofline: v.GenericSchema<unknown, RooflineRecord> = v.looseObject({
  ...subject,
  variant: text,
  batch: batchSize,
  bytesPerSecond: positive,
  macsPerSecond: positive,
  floorMs: amount,
  share: v.exactOptional(amount),
});

export const layer: v.GenericSchema<unknown, LayerRecord> = v.looseObject({
  ...subject,
  variant: text,
  batch: batchSize,
  nodes: text,
  ms: amount,
  floorMs: v.exactOptional(amount),
  bound: v.exactOptional(v.picklist(['memory', 'arithmetic'])),
});

const saturationStep = { batch: batchSize, imagesPerSecond: positive };

export const saturation: v.GenericSchema<unknown, SaturationRecord> = v.looseObject({
  ...subject,
  ...saturationStep,
  variant: text,
  ended: text,
  steps: list(v.looseObject(saturationStep), 100),
});

export const delivery: v.GenericSchema<unknown, DeliveryRecord> = v.looseObject({
  variant: text,
  from: v.picklist(['network', 'cache', 'folder', 'memory']),
  bytes: count,
  samples: v.pipe(whole, v.minValue(1)),
  p50Ms: amount,
  ciLowMs: amount,
  ciHighMs: amount,
});

export const shipped: v.GenericSchema<unknown, Shipped> = v.looseObject({
  candidate: text,
  rawBytes: count,
  gzipBytes: v.exactOptional(count),
});

export const benchmarkReport: v.GenericSchema<unknown, BenchmarkReport> = v.looseObject({
  schema: v.literal('alexnet-benchmark/1'),
  seed: count,
  clockStepMs: v.exactOptional(amount),
  measurements: list(measurement),
  memory: list(memory),
  comparisons: list(comparison),
  refusals: list(refusal),
  noise: v.exactOptional(list(noise)),
  rooflines: v.exactOptional(list(roofline)),
  layers: v.exactOptional(list(layer)),
  saturations: v.exactOptional(list(saturation)),
  deliveries: v.exactOptional(list(delivery)),
  shipped: v.exactOptional(list(shipped, 1000)),
  warnings: list(text),
});
