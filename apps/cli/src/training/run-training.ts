import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Preprocessing, Trainer, Variant, Weights } from '@alexnet/core';
import { writeWeights } from '@alexnet/core/files';
import { type ImageSet, isPacked, type OpenedSet, type PackedSet } from '@alexnet/image';
import {
  checkResumption,
  type Metrics,
  outputKind,
  type Schedule,
  type TrainingRecipe,
  type TrainOptions,
  train,
} from '@alexnet/training';
import type { Context, ExitCode } from '../commands/command.ts';
import { exitCode } from '../exit-code.ts';
import { writeChunks } from '../files.ts';
import type { RunOptions } from '../options.ts';
import { writeTrainingReport } from '../report/write.ts';
import { openTrainer } from './compile.ts';
import { sourceOf } from './data.ts';
import { decodedOnce, factsOf } from './facts.ts';
import { fileStore } from './file-store.ts';
import { follow } from './follow.ts';
import { type TrainingJob, trainingSource } from './job.ts';
import { measureImages } from './measure-images.ts';
import { packed } from './packed.ts';
import { resumption } from './resumption.ts';
import { skippedLog } from './skipped-log.ts';
import type { TrainingSettings } from './training-options.ts';

/**
 * Trains and leaves in the output folder: checkpoints, the best weights in the native format, report.html, and skipped.txt where images
 * were left out. When it is cancelled, the last checkpoint is of the last step.
 */
export async function runTraining(
  job: TrainingJob,
  settings: TrainingSettings & RunOptions,
  context: Context,
): Promise<ExitCode> {
  const { output, signal } = context;
  const { recipe, variant, plan, training } = job;
  const store = fileStore(join(settings.output, 'checkpoints'));
  const from = await resumption(store, settings, recipe.epochs, output.note);
  const before = from && decodedOnce(from);
  const facts = (once: boolean) => factsOf(job, settings.seed, once);
  if (from !== undefined) checkResumption(facts(before === true), from); // before images are decoded for it
  const log = await skippedLog(join(settings.output, 'skipped.txt'), from === undefined, output);
  for (const image of [...training.ignored, ...(job.validation?.ignored ?? [])]) await log.add(image);
  const decoded = join(settings.output, 'images');
  const pixels = async (set: OpenedSet, name: string) =>
    before === false ? set : packed(set, variant.preprocessing, join(decoded, `${name}.pack`), context);
  const images = await pixels(training, 'training');
  const validation = job.validation && (await pixels(job.validation, 'validation'));
  if (before === true && !isPacked(images)) {
    output.note('Pictures that are not decoded once are not rounded to 8 bits: what comes differs by as much.');
  }
  await using open = await openTrainer(plan, job.weights, { ...settings, signal }, output.note);
  const { backend, trainer } = open;
  output.note(
    `${variant.title} by the recipe ${recipe.id} on ${backend.id} (${backend.environment.engine}): ` +
      `${training.items.length} images of ${training.classes.length} classes, ${validation?.items.length ?? 0} to validate with`,
  );
  if (backend.id === 'reference') output.note('The backend reference is the yardstick, not for work: it is very slow.');

  const { preprocessing } = variant;
  const { batchSize, epochs } = recipe;
  if (settings.patience !== undefined && validation === undefined) {
    output.note('--patience does nothing: there is no validation to watch.');
  }
  const given: TrainOptions = {
    ...facts(before ?? isPacked(images)),
    trainer,
    data: trainingSource(images, job, settings.seed),
    ...(validation && { validation: sourceOf(validation, { preprocessing: centred(preprocessing) }) }),
    schedule: scheduleOf(recipe, validation !== undefined, output.note),
    epochs,
    ...(recipe.watch && { watch: recipe.watch }),
    ...(validation && recipe.earlyStopping && { earlyStopping: recipe.earlyStopping }),
    checkpoints: { store, everySeconds: settings.checkpointEvery },
    ...(from && { from }),
    signal,
  };
  const { result, metrics } = await follow(train(given), { epochs, saved: from?.name, skipped: log.add }, context);
  const weights = result.best?.weights ?? result.weights;
  await writeModel(job, weights, join(settings.output, 'weights'), context);
  const measured =
    validation && (metrics ?? (await measureBest(trainer, weights, { variant, validation }, batchSize, context)));
  const filters = firstConvolution(variant, weights);
  const report = await writeTrainingReport(join(settings.output, 'report.html'), {
    title: `${variant.title}: ${training.classes.length} classes`,
    classes: training.classes,
    history: result.progress.history,
    curve: result.progress.curve,
    ...(measured && { metrics: measured }),
    ...(filters && { filters }),
  });

  await rm(decoded, { recursive: true, force: true }); // of use while a training may go on
  const best = result.best && { epoch: result.best.epoch + 1, value: result.best.value };
  output.json({
    output: settings.output,
    backend: backend.id,
    ended: result.ended,
    epochs: result.progress.epoch,
    steps: result.progress.step,
    skipped: log.count(),
    ...(best && { best }),
    ...(measured && { top1: measured.top1, top5: measured.top5, loss: measured.loss }),
  });
  const kept = best === undefined ? 'The weights of the last epoch' : `The weights of epoch ${best.epoch}, the best,`;
  const accuracy = measured === undefined ? '' : `: top-1 ${(100 * measured.top1).toFixed(1)} % of ${measured.samples}`;
  const why = result.ended === 'early' ? ' It ended early, as validation no longer got better.' : '';
  output.people(`${kept} are in ${join(settings.output, 'weights')}${accuracy}.${why}`);
  output.people(`Report: ${report}`);
  return exitCode.passed;
}

/** The recipe's schedule. What watches validation needs some. */
function scheduleOf({ schedule }: TrainingRecipe, validated: boolean, note: (text: string) => void): Schedule {
  if (schedule.kind !== 'plateau' || validated) return schedule;
  note(
    'Without validation the learning rate stays as it is: the recipe lowers it when validation no longer gets better.',
  );
  const { rate, warmUp } = schedule;
  return { kind: 'constant', rate, ...(warmUp && { warmUp }) };
}

/** Best weights of a run before this one, of which no more than the accuracy is known. */
async function measureBest(
  trainer: Trainer,
  weights: Weights,
  { variant, validation }: { readonly variant: Variant; readonly validation: ImageSet | PackedSet },
  batchSize: number,
  context: Context,
): Promise<Metrics> {
  const { graph } = variant;
  await trainer.load({ weights });
  return measureImages(
    {
      data: sourceOf(validation, { preprocessing: centred(variant.preprocessing) }),
      batchSize,
      output: outputKind(graph),
      predict: async (images) => (await trainer.evaluate({ [graph.inputs[0]!.name]: images }))[graph.outputs[0]!]!,
    },
    context,
  );
}

/** One view of each image, as training measures. */
function centred(preprocessing: Preprocessing): Preprocessing {
  return { ...preprocessing, crop: { mode: 'centre', size: preprocessing.crop.size } };
}

async function writeModel(
  { variant, dimensions, training, source }: TrainingJob,
  weights: Weights,
  folder: string,
  { signal }: Context,
): Promise<void> {
  const facts = { labels: training.classes, provenance: { source } };
  for await (const { name, data } of writeWeights({
    variant,
    dimensions,
    weights,
    precision: 'f32',
    ...facts,
    signal,
  })) {
    await writeChunks(join(folder, name), [data]);
  }
}

function firstConvolution({ graph, preprocessing }: Variant, weights: Weights) {
  const first = graph.nodes.find((node) => node.op === 'conv2d');
  if (first === undefined) return undefined;
  return { weight: weights.get(first.weight)!, channels: preprocessing.channels };
}
