import { type Command, Option } from 'commander';
import { classify } from '../commands/classify.ts';
import { type EvalOptions, evaluate } from '../commands/eval.ts';
import { type FeaturesOptions, features } from '../commands/features.ts';
import { run } from '../commands/run.ts';
import { networkOptions, precisionOption, runOptions, variant, weights, wholeNumber } from '../options.ts';
import type { Handle } from './handle.ts';

/** A network at work. */
export function addUse(program: Command, handle: Handle): void {
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
}

function batchOption(command: Command): Command {
  return command.addOption(new Option('--batch <n>', 'images at a time').argParser(wholeNumber('--batch')).default(32));
}
