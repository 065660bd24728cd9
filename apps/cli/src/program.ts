import { levels } from '@alexnet/conformance';
import { precisions } from '@alexnet/core';
import { type Command, Command as Commander, Option } from 'commander';
import { backends } from './commands/backends.ts';
import { bench } from './commands/bench.ts';
import { benchCompare } from './commands/bench-compare.ts';
import { classify } from './commands/classify.ts';
import type { Context, ExitCode } from './commands/command.ts';
import { conform } from './commands/conform.ts';
import { conformOnnx } from './commands/conform-onnx.ts';
import { conformSelfTest } from './commands/conform-self-test.ts';
import { convert } from './commands/convert.ts';
import { doctor } from './commands/doctor.ts';
import { type EvalOptions, evaluate } from './commands/eval.ts';
import { type FeaturesOptions, features } from './commands/features.ts';
import { DEFAULT_FINE_TUNING, type FinetuneOptions, finetune } from './commands/finetune.ts';
import { inspect } from './commands/inspect.ts';
import { pull } from './commands/pull.ts';
import { quantize } from './commands/quantize.ts';
import { run } from './commands/run.ts';
import { start } from './commands/start.ts';
import { DEFAULT_RECIPE, type TrainCommandOptions, train } from './commands/train.ts';
import { verify } from './commands/verify.ts';
import { modelFormats } from './model-formats.ts';
import {
  byteCount,
  jsonOption,
  limitsOption,
  names,
  networkOptions,
  percentage,
  placeOption,
  positive,
  precisionList,
  precisionOption,
  ratesByName,
  runOptions,
  seedOption,
  wholeNumber,
  wholeNumbers,
} from './options.ts';
import { createOutput } from './output.ts';
import { trainingOptions } from './training/training-options.ts';

/** The command line as data: every command, argument and option. The handlers live in `commands/`. */
export function createProgram(version: string, signal: AbortSignal, done: (code: ExitCode) => void): Command {
  const program = new Commander('alexnet')
    .description('One AlexNet on every JavaScript backend: prove that they agree, measure them, use them.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('Run with --help to see what there is.');

  /** Hands a command its context and keeps its exit code. Every command takes --json. */
  const handle = <T extends unknown[]>(
    command: Command,
    handler: (context: Context, ...args: T) => Promise<ExitCode>,
  ) =>
    jsonOption(command).action(async (...args: unknown[]) => {
      const self = args.pop() as Command;
      const output = createOutput(self.opts<{ json?: true }>().json === true);
      done(await handler({ output, signal }, ...(args as T)));
    });

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
    networkOptions(program.command('inspect').argument('<variant|file>')).description(
      'layers, shapes, parameters and multiply-accumulates of a variant, or the tensors of a file',
    ),
    (context, target: string, options: Parameters<typeof inspect>[1]) => inspect(target, options, context),
  );

  handle(
    program
      .command('pull')
      .argument('[name]')
      .description('download a published weight file and check its hash; without a name, list what there is')
      .option('--out <file>', 'where to (default: its own name, here)')
      .option('--mirror <url>', 'fetch it from here; the hash must be right all the same'),
    (context, name: string | undefined, options: Parameters<typeof pull>[1]) => pull(name, options, context),
  );

  handle(
    networkOptions(variant(program.command('convert').argument('<in>').argument('<out>')))
      .description(
        'weights from any format into another: safetensors, ONNX, TensorFlow.js, NumPy, or the native folder',
      )
      .addOption(
        new Option('--to <format>', 'file format (default: by the name of the output)').choices(
          Object.keys(modelFormats),
        ),
      )
      .addOption(
        new Option('--precision <p>', 'how weights of linear layers are written: with ONNX also q8 and q4')
          .choices(precisions)
          .default('f32'),
      )
      .option('--licence <text>', 'of the weights, for formats that say so'),
    (context, source: string, out: string, options: Parameters<typeof convert>[2]) =>
      convert(source, out, options, context),
  );

  handle(
    runOptions(networkOptions(variant(program.command('quantize').argument('<in>').argument('<folder>'))))
      .description('weights in fewer bits, in the native format, with what each layer loses')
      .addOption(
        new Option('--precision <p>', 'how weights are stored').choices(['f16', 'q8', 'q4', 'dc']).default('q8'),
      )
      .option('--samples <image...>', 'images that say which inputs of a layer matter')
      .option('--licence <text>', 'of the weights, for the manifest'),
    (context, source: string, folder: string, options: Parameters<typeof quantize>[2]) =>
      quantize(source, folder, options, context),
  );

  handle(
    networkOptions(variant(program.command('verify').argument('<file>')))
      .description(
        'read all of a weight file or folder: hashes, NaN, which published file it is, differences from another',
      )
      .option('--against <file>', 'weights that should be the same'),
    (context, source: string, options: Parameters<typeof verify>[1]) => verify(source, options, context),
  );

  handle(
    precisionOption(runOptions(networkOptions(weights(variant(program.command('classify').argument('<image...>'))))))
      .description('the most likely classes of images (JPEG, PNG, WebP)')
      .addOption(new Option('--top <n>', 'how many classes').argParser(wholeNumber('--top')).default(5)),
    (context, images: string[], options: Parameters<typeof classify>[1]) => classify(images, options, context),
  );

  handle(
    precisionOption(runOptions(networkOptions(weights(variant(program.command('run'))))))
      .description('run a network on given tensors and write any of its layers')
      .requiredOption('--input <file>', 'safetensors file with a tensor called input')
      .option('--outputs <names>', '`all`, or names like conv1,fc8', 'prob')
      .requiredOption('--out <file>', 'safetensors file to write'),
    (context, options: Parameters<typeof run>[0]) => run(options, context),
  );

  handle(
    trainingOptions(program.command('train').argument('<folder|list>'), DEFAULT_RECIPE)
      .description('train a network on a folder of images per class, or a list of `path label` lines')
      .option('--variant <id>', "network (default: the recipe's)"),
    (context, path: string, options: TrainCommandOptions) => train(path, options, context),
  );

  handle(
    trainingOptions(weights(variant(program.command('finetune').argument('<folder|list>'))), DEFAULT_FINE_TUNING)
      .description('train a network that knows other classes on yours')
      .option(
        '--replace <layers>',
        "layers that begin anew, like fc6,fc7; the last always does (default: the recipe's)",
        names,
      )
      .option(
        '--freeze <layers>',
        'layers that stay as they are; `others` than those that begin anew, or `none`',
        names,
        ['others'],
      )
      .addOption(
        new Option('--layer-rates <rates>', 'what multiplies the learning rate of layers: conv5=0.1,fc8=10').argParser(
          ratesByName('--layer-rates'),
        ),
      ),
    (context, path: string, options: FinetuneOptions) => finetune(path, options, context),
  );

  handle(
    batchOption(
      precisionOption(runOptions(networkOptions(weights(variant(program.command('eval').argument('<folder|list>')))))),
    )
      .description('how often a network is right on labelled images, and which class it takes for which')
      .option('--ten-crop', 'the mean over ten crops of each image')
      .option('--html <report.html>', 'write a report with the confusion matrix as a picture'),
    (context, path: string, options: EvalOptions) => evaluate(path, options, context),
  );

  handle(
    batchOption(
      precisionOption(
        runOptions(networkOptions(weights(variant(program.command('features').argument('<image|folder>'))))),
      ),
    )
      .description('what a layer says of images, as a NumPy file: N x its shape, float32')
      .requiredOption('--layer <name>', 'such as fc7; `alexnet inspect` names them')
      .requiredOption('--output <x.npy>', 'where to; the images of its rows are named in x.txt'),
    (context, path: string, options: FeaturesOptions) => features(path, options, context),
  );

  handle(
    report(seedOption(runOptions(program.command('start')))).description(
      'conform and bench BVLC AlexNet and torchvision on all backends: what `npm start` runs',
    ),
    (context, options: Parameters<typeof start>[0]) => start(options, context),
  );

  return program;
}

const levelHelp = `how thorough: ${Object.entries(levels)
  .map(([level, { purpose }]) => `${level}: ${purpose}`)
  .join(', ')}`;

function batchOption(command: Command): Command {
  return command.addOption(new Option('--batch <n>', 'images at a time').argParser(wholeNumber('--batch')).default(32));
}

function variants(command: Command): Command {
  return command.option('--variant <id...>', 'networks (default: the main ones)');
}

function variant(command: Command): Command {
  return command.option('--variant <id>', 'network (default: what the weights say; for generated ones bvlc-alexnet)');
}

function weights(command: Command): Command {
  return command.requiredOption(
    '--weights <weights>',
    'weight file of any format, folder or address of native weights, or seed:N for generated ones',
  );
}

function report(command: Command): Command {
  return command.option('--out <report.html>', 'write a report with plots');
}
