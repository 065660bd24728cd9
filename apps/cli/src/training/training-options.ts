import { recipeIds } from '@alexnet/training';
import { type Command, Option } from 'commander';
import { fraction, rate, runOptions, seedOption, sizeOptions, wholeNumber } from '../options.ts';

/** What may be other than the recipe says. */
export interface RecipeSettings {
  readonly epochs?: number;
  readonly batch?: number;
  readonly learningRate?: number;
  /** Steps. */
  readonly warmUp?: number;
  readonly clipNorm?: number;
  /** Epochs. */
  readonly patience?: number;
}

/** What `train` and `finetune` take alike. */
export interface TrainingSettings extends RecipeSettings {
  /** Folder for checkpoints, weights, report and log. */
  readonly output: string;
  readonly resume?: true;
  readonly recipe?: string;
  readonly val?: string;
  readonly valFraction: number;
  /** Seconds. */
  readonly checkpointEvery: number;
  readonly seed: number;
}

export function trainingOptions(command: Command, defaultRecipe: string): Command {
  return seedOption(runOptions(sizeOptions(command)), 'first weights, order, augmentation and dropout')
    .requiredOption('--output <folder>', 'where checkpoints, the best weights, report.html and skipped.txt go')
    .option('--resume', 'go on from the last checkpoint of the output folder')
    .addOption(new Option('--recipe <id>', `how to train (default: ${defaultRecipe})`).choices(recipeIds))
    .option('--val <folder|list>', 'images to validate with, of the same classes')
    .addOption(
      new Option(
        '--val-fraction <share>',
        'without --val: the share of each class that is kept for validation; 0: none',
      )
        .argParser(fraction('--val-fraction'))
        .default(0.1),
    )
    .addOption(new Option('--epochs <n>', 'default: as the recipe says').argParser(wholeNumber('--epochs')))
    .addOption(
      new Option('--batch <n>', 'images of one step (default: as the recipe)').argParser(wholeNumber('--batch')),
    )
    .addOption(
      new Option('--learning-rate <r>', 'before warm-up and decay (default: as the recipe)').argParser(
        rate('--learning-rate'),
      ),
    )
    .addOption(
      new Option('--warm-up <steps>', 'in which the learning rate grows to its own (default: as the recipe)').argParser(
        wholeNumber('--warm-up'),
      ),
    )
    .addOption(
      new Option(
        '--clip-norm <norm>',
        'gradients that are longer, all of a step as one vector, are scaled to this (default: as the recipe)',
      ).argParser(rate('--clip-norm')),
    )
    .addOption(
      new Option('--patience <epochs>', 'end after so many epochs without a better validation').argParser(
        wholeNumber('--patience'),
      ),
    )
    .addOption(
      new Option('--checkpoint-every <seconds>', 'besides the end of each epoch')
        .argParser(wholeNumber('--checkpoint-every'))
        .default(300),
    );
}
