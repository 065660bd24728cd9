import { AlexNetError } from '@alexnet/core';
import * as v from 'valibot';
import type {
  BenchmarkReport,
  Comparison,
  DeliveryRecord,
  LayerRecord,
  Measurement,
  MemoryRecord,
  NoiseRecord,
  Refusal,
  RooflineRecord,
  SaturationRecord,
  Shipped,
} from '../records.ts';
import {
  comparison,
  delivery,
  layer,
  measurement,
  memory,
  noise,
  refusal,
  roofline,
  saturation,
  shipped,
} from './benchmark-schema.ts';
import { amount, count, text } from './fields.ts';
import { jsonOf } from './json.ts';
import { type Claim, validated } from './validated.ts';

const schema = 'alexnet-benchmark/1';
const version = { schema: v.literal(schema), seed: count };
const start = v.looseObject({ ...version, clockStepMs: v.exactOptional(amount) });
const end = v.looseObject({ ...version, measurements: count, refusals: count });

/** What a file held, and what is missing in it, one sentence each. */
export interface ReadBenchmark {
  readonly report: BenchmarkReport;
  readonly problems: readonly string[];
}

export interface LineReader {
  /** The next line, without its end. Errors: `invalid-file` with the number of the line. */
  line(content: string): void;
  /** After the last line. Errors: `invalid-file` when there was no record, or when lines in the middle are missing. */
  end(): ReadBenchmark;
}

/**
 * Reads a report line by line, as it arrives. A run that was stopped, or a file that was cut off, is read as far as it goes, and said to be incomplete. Lines
 * without a `record` that is known are passed over: they are from a later version, or from what else printed to the same place. `where` names the file.
 */
export function createLineReader(where: string): LineReader {
  const measurements: Measurement[] = [];
  const memories: MemoryRecord[] = [];
  const comparisons: Comparison[] = [];
  const refusals: Refusal[] = [];
  const noises: NoiseRecord[] = [];
  const rooflines: RooflineRecord[] = [];
  const layers: LayerRecord[] = [];
  const saturations: SaturationRecord[] = [];
  const deliveries: DeliveryRecord[] = [];
  const allShipped: Shipped[] = [];
  const warnings: string[] = [];
  let started: v.InferOutput<typeof start> | undefined;
  let ended: v.InferOutput<typeof end> | undefined;
  let lines = 0;
  let records = 0;
  let broken: unknown;

  const into =
    <T>(list: T[], of: v.GenericSchema<unknown, T>) =>
    (record: unknown, claim: Claim) =>
      void list.push(validated(of, record, claim));
  const takers = new Map<string, (record: unknown, claim: Claim) => void>([
    ['measurement', into(measurements, measurement)],
    ['memory', into(memories, memory)],
    ['comparison', into(comparisons, comparison)],
    ['refusal', into(refusals, refusal)],
    ['noise', into(noises, noise)],
    ['roofline', into(rooflines, roofline)],
    ['layer', into(layers, layer)],
    ['saturation', into(saturations, saturation)],
    ['delivery', into(deliveries, delivery)],
    ['shipped', into(allShipped, shipped)],
    ['warning', (record, claim) => void warnings.push(validated(v.looseObject({ text }), record, claim).text)],
    [
      'start',
      (record, claim) => {
        if (records > 0) throw invalid('A second run begins here', claim.where, 'Give one run per file.');
        started = validated(start, record, claim);
      },
    ],
    [
      'end',
      (record, claim) => {
        ended = validated(end, record, claim);
      },
    ],
  ]);

  return {
    line(content) {
      lines++;
      if (content.trim() === '') return;
      if (broken !== undefined) throw broken; // only the last line may be cut off
      const claim = { schema, where: `${where} line ${lines}` };
      let value: unknown;
      try {
        value = jsonOf(content, claim.where);
      } catch (error) {
        broken = error;
        return;
      }
      const told = v.safeParse(v.looseObject({ record: v.string() }), value);
      if (!told.success) return;
      const { record, ...fields } = told.output;
      const take = takers.get(record);
      if (take === undefined) return;
      take(fields, claim);
      records++;
    },
    end() {
      if (records === 0)
        throw (
          broken ?? invalid('It holds no record of a benchmark', where, 'Give what `alexnet bench --json` printed.')
        );
      const { length } = measurements;
      if (ended !== undefined && (ended.measurements !== length || ended.refusals !== refusals.length))
        throw invalid(
          `Its end says that there are ${ended.measurements} measurements and ${ended.refusals} refusals, and there are ${length} and ${refusals.length}`,
          where,
          'Lines were lost or added: save or copy the whole file again.',
        );
      const { clockStepMs } = started ?? {};
      return {
        report: {
          schema,
          seed: (started ?? ended)?.seed ?? 0,
          ...(clockStepMs === undefined ? {} : { clockStepMs }),
          measurements,
          memory: memories,
          comparisons,
          refusals,
          ...(noises.length === 0 ? {} : { noise: noises }),
          ...(rooflines.length === 0 ? {} : { rooflines }),
          ...(layers.length === 0 ? {} : { layers }),
          ...(saturations.length === 0 ? {} : { saturations }),
          ...(deliveries.length === 0 ? {} : { deliveries }),
          ...(allShipped.length === 0 ? {} : { shipped: allShipped }),
          warnings,
        },
        problems:
          ended === undefined
            ? [
                `${where} ends after ${length} measurements without an end record: the run was stopped, or the file was cut off.`,
              ]
            : [],
      };
    },
  };
}

function invalid(message: string, where: string, fix: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-file', message, where, fix });
}
