import { levels } from '@alexnet/conformance';
import { precisions } from '@alexnet/core';
import { type Command, Option } from 'commander';
import { backends } from '../commands/backends.ts';
import { bench } from '../commands/bench.ts';
import { benchCompare } from '../commands/bench-compare.ts';
import { conform } from '../commands/conform.ts';
import { conformOnnx } from '../commands/conform-onnx.ts';
import { conformSelfTest } from '../commands/conform-self-test.ts';
import { doctor } from '../commands/doctor.ts';
import { start } from '../commands/start.ts';
import {
  byteCount,
  limitsOption,
  networkOptions,
  percentage,
  placeOption,
  positive,
  precisionList,
  runOptions,
  seedOption,
  wholeNumber,
  wholeNumbers,
} from '../options.ts';
import type { Handle } from './handle.ts';

/** What is here, is it right, how fast is it. */
export function addMeasuring(program: Command, handle: Handle): void {
  handle(program.command('backends').description('what is here, what is missing and how to get it'), (context) =>
    backends(context),
  );

  handle(
    placeOption(runOptions(program.command('doctor')))
      .description('which backend to use here, and why: what is here, is it right, how fast, what holds it back')
      .addOption(
        new Option('--max-download <size>', 'most that an engine may bring along, compressed: 5MB, 300kB').argParser(
          byteCount('--max-download'),
        ),
      )
      .addOption(
        new Option('--precision <p>', 'how weights of linear layers are stored (default: f32)').choices(precisions),
      )
      .addOption(
        new Option('--latency <ms>', 'most that one run of the timed network may take').argParser(
          positive('--latency'),
        ),
      )
      .option('--deterministic', 'two runs must give the same bits')
      .option('--refresh', 'measure again what was measured before'),
    (context, options: Parameters<typeof doctor>[0]) => doctor(options, context),
  );

  handle(
    report(limitsOption(seedOption(placeOption(runOptions(networkOptions(variants(program.command('conform'))))))))
      .description('check backends against the float64 oracle: every op, every layer, whole networks')
      .addOption(new Option('--level <level>', levelHelp).choices(Object.keys(levels)).default('standard'))
      .option('--select <pattern...>', 'only these checks, by id; * at the end stands for any rest: op/lrn/*')
      .option('--junit <report.xml>', 'write the results as JUnit XML, for CI servers')
      .option('--json-file <report.json>', 'write the results as JSON, one report per backend')
      .option('--no-cache', 'neither use nor keep what the oracle computed before')
      .option(
        '--self-test',
        'instead, test the suite itself: it must catch and name every known fault, and fail no correct kernel',
      )
      .option(
        '--onnx-tests <folder>',
        "instead, run ONNX's own backend tests, as far as they are of ops that AlexNet has",
      )
      .option('--export-onnx <folder>', 'instead, write the op cases as backend tests of ONNX, for other runtimes'),
    (context, options: Parameters<typeof conform>[0] & Parameters<typeof conformOnnx>[0] & { selfTest?: true }) =>
      conformSelfTest(options, context) ?? conformOnnx(options, context) ?? conform(options, context),
  );

  handle(
    report(seedOption(placeOption(runOptions(networkOptions(variants(program.command('bench')))))))
      .description('time backends that conform, interleaved, with confidence intervals')
      .addOption(
        new Option('--batch <n,...>', 'batch sizes').argParser(wholeNumbers('--batch')).default([1, 8, 32], '1,8,32'),
      )
      .addOption(
        new Option(
          '--precision <p,...>',
          'how the weights of linear layers are stored: f32, f16, q8, q4; or int8 throughout',
        )
          .argParser(precisionList('--precision'))
          .default(['f32'], 'f32'),
      )
      .option(
        '--peers [ids...]',
        'also time the engines without our graph, written by hand at their best; all, or these',
      )
      .addOption(new Option('--budget <seconds>', 'time per batch size').argParser(wholeNumber('--budget')).default(12))
      .addOption(
        new Option('--limit <seconds>', 'time per batch size that one slow backend may take, in fewer turns')
          .argParser(wholeNumber('--limit'))
          .default(300),
      )
      .option(
        '--roofline',
        'also measure what each backend reaches at best here, and how near networks and layers come',
      )
      .option('--saturate', 'also double the batch until throughput no longer grows by more than 5 %')
      .option(
        '--weights <folder|url>',
        'native weights to time with, instead of generated ones, and how long they take to come',
      )
      .option('--compare <files...>', 'instead, compare two runs that were kept: the older, then the newer')
      .option('--relative-to <peer>', 'with --compare: a peer of both runs, so that a slower machine cancels')
      .addOption(
        new Option('--tolerance <percent>', 'with --compare: how much slower is no failure').argParser(
          percentage('--tolerance'),
        ),
      ),
    (context, options: Parameters<typeof bench>[0] & Parameters<typeof benchCompare>[0]) =>
      benchCompare(options, context) ?? bench(options, context),
  );

  handle(
    report(seedOption(runOptions(program.command('start')))).description(
      'conform and bench BVLC AlexNet and torchvision on all backends: what `npm start` runs',
    ),
    (context, options: Parameters<typeof start>[0]) => start(options, context),
  );
}

const levelHelp = `how thorough: ${Object.entries(levels)
  .map(([level, { purpose }]) => `${level}: ${purpose}`)
  .join(', ')}`;

function variants(command: Command): Command {
  return command.option('--variant <id...>', 'networks (default: the main ones)');
}

function report(command: Command): Command {
  return command.option('--out <report.html>', 'write a report with plots');
}
