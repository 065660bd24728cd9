import type { BackendReport, Cause, Cells, Check, Diagnosis, EndToEnd, ErrorMap, Worst } from '@alexnet/conformance';
import { suites } from '@alexnet/conformance';
import { type Environment, opNames } from '@alexnet/core';
import * as v from 'valibot';
import { precision } from './benchmark-schema.ts';
import { amount, count, finite, list, text, whole } from './fields.ts';

/*
 * The report of a conformance run, as `@alexnet/conformance` writes it.
 */

const jsonNumber = v.union([finite, v.picklist(['NaN', 'Infinity', '-Infinity', '-0'])]);
const indices = list(count, 1000);

const environment: v.GenericSchema<unknown, Environment> = v.looseObject({
  engine: text,
  device: text,
  threads: count,
  simd: v.exactOptional(v.boolean()),
  fallback: v.boolean(),
  notes: list(text, 1000),
});

const worst: v.GenericSchema<unknown, Worst> = v.looseObject({
  index: indices,
  got: jsonNumber,
  want: jsonNumber,
  error: jsonNumber,
  budget: jsonNumber,
  ratio: jsonNumber,
});

const cause: v.GenericSchema<unknown, Cause> = v.looseObject({
  id: text,
  cause: text,
  fix: text,
  explains: v.exactOptional(finite),
});

const side = v.pipe(whole, v.minValue(1), v.maxValue(1024));

const cells: v.GenericSchema<unknown, Cells> = v.pipe(
  v.looseObject({
    of: v.picklist(['channels', 'space', 'features']),
    rows: side,
    cols: side,
    perCell: list(count, 4),
    worst: list(jsonNumber, 1024 * 1024),
  }),
  v.check(({ rows, cols, worst: all }) => all.length <= rows * cols, 'There are more cells than rows and columns say'),
);

const errorMap: v.GenericSchema<unknown, ErrorMap> = v.looseObject({
  elements: count,
  wrong: count,
  first: indices,
  last: indices,
  samples: indices,
  batch: count,
  cells: list(cells, 16),
});

const diagnosis: v.GenericSchema<unknown, Diagnosis> = v.looseObject({
  cause: v.exactOptional(cause),
  alternatives: list(cause, 1000),
  pattern: v.exactOptional(text),
  errors: v.exactOptional(errorMap),
});

const check: v.GenericSchema<unknown, Check> = v.looseObject({
  id: text,
  suite: v.picklist(suites),
  name: text,
  why: text,
  status: v.picklist(['passed', 'failed', 'skipped']),
  op: v.exactOptional(v.picklist(opNames)),
  precision: v.exactOptional(precision),
  variant: v.exactOptional(text),
  image: v.exactOptional(text),
  layer: v.exactOptional(text),
  elements: v.exactOptional(count),
  worst: v.exactOptional(worst),
  maxRatio: v.exactOptional(jsonNumber),
  reason: v.exactOptional(text),
  diagnosis: v.exactOptional(diagnosis),
  issue: v.exactOptional(text),
  ms: amount,
});

const bounded = v.looseObject({ value: jsonNumber, allowed: finite });

const endToEnd: v.GenericSchema<unknown, EndToEnd> = v.looseObject({
  id: text,
  variant: text,
  image: text,
  precision: v.exactOptional(precision),
  top1: v.looseObject({ want: whole, got: whole, agrees: v.boolean() }),
  top5: v.looseObject({ want: list(whole, 10), got: list(whole, 10), agrees: v.boolean() }),
  probability: bounded,
  logits: bounded,
});

export const backendReport: v.GenericSchema<unknown, BackendReport> = v.looseObject({
  backend: v.looseObject({ id: text, environment }),
  checks: list(check),
  endToEnd: list(endToEnd),
  summary: v.looseObject({
    passed: count,
    failed: count,
    skipped: list(v.looseObject({ reason: text, tests: list(text), issue: v.exactOptional(text) })),
  }),
  ms: amount,
});
