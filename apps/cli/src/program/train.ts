import { type Command, Option } from 'commander';
import { DEFAULT_FINE_TUNING, type FinetuneOptions, finetune } from '../commands/finetune.ts';
import { DEFAULT_RECIPE, type TrainCommandOptions, train } from '../commands/train.ts';
import { names, ratesByName, variant, weights } from '../options.ts';
import { trainingOptions } from '../training/training-options.ts';
import type { Handle } from './handle.ts';

/** Networks that learn. */
export function addTraining(program: Command, handle: Handle): void {
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
        new Option(
          '--layer-rates <rates>',
          'what multiplies the learning rate of layers that are trained: fc7=0.1,fc8=10',
        ).argParser(ratesByName('--layer-rates')),
      ),
    (context, path: string, options: FinetuneOptions) => finetune(path, options, context),
  );
}
