import { type Metrics, outputKind, type SkippedImage } from '@alexnet/training';
import { createOne } from '../backends.ts';
import { exitCode } from '../exit-code.ts';
import type { PrecisionOption, RunOptions } from '../options.ts';
import { writeTrainingReport } from '../report/write.ts';
import { classTable, confusionTable } from '../terminal/metrics.ts';
import { sourceOf } from '../training/data.ts';
import { measureImages } from '../training/measure-images.ts';
import { openSetFor } from '../training/open-set-for.ts';
import { skippedText } from '../training/skipped-log.ts';
import { type NetworkChoice, openNetwork } from '../weights/open-network.ts';
import type { Context, ExitCode } from './command.ts';

export interface EvalOptions extends NetworkChoice, RunOptions, PrecisionOption {
  readonly weights?: string;
  readonly batch: number;
  readonly tenCrop?: true;
  readonly html?: string;
}

/** Views of one image (Krizhevsky et al. 2012, section 4.1). */
const TEN = 10;

/** `alexnet eval FOLDER`: how often a network is right, and which class it takes for which. */
export async function evaluate(path: string, options: EvalOptions, context: Context): Promise<ExitCode> {
  const { output, signal } = context;
  await using network = await openNetwork(options.weights, options, context);
  const { variant, weights } = network;
  const set = await openSetFor(network, path, context);
  await using backend = await createOne(options);
  const { precision } = options;
  await using program = await backend.compile(variant.graph, weights, { precision, signal });
  output.note(`${variant.title} on ${backend.id} (${backend.environment.engine}): ${set.items.length} images`);

  const { crop } = variant.preprocessing;
  const mode = options.tenCrop === true ? 'ten' : 'centre';
  const preprocessing = { ...variant.preprocessing, crop: { mode, size: crop.size } } as const;
  const [input, result] = [variant.graph.inputs[0]!.name, variant.graph.outputs[0]!];
  let skipped = 0;
  const skip = (image: SkippedImage) => {
    skipped++;
    output.json({ skipped: image.path, reason: image.reason });
    output.note(skippedText(image));
  };
  for (const image of set.ignored) skip(image);
  const metrics = await measureImages(
    {
      data: sourceOf(set, { preprocessing }),
      batchSize: options.batch,
      predict: async (images) => (await program.run({ [input]: images }, { signal }))[result]!,
      output: outputKind(variant.graph),
      ...(mode === 'ten' && { crops: TEN }),
    },
    context,
    skip,
  );
  if (options.html !== undefined) {
    const title = `${variant.title} on ${metrics.samples} images`;
    const page = await writeTrainingReport(options.html, { title, classes: set.classes, metrics });
    output.note(`Report: ${page}`);
  }
  report(metrics, set.classes, context);
  return skipped === 0 ? exitCode.passed : exitCode.failed;
}

function report(metrics: Metrics, classes: readonly string[], { output }: Context): void {
  const { top1, top5, samples, loss, perClass, confusion } = metrics;
  output.people(classTable(metrics, classes));
  const mistakes = confusionTable(metrics, classes);
  if (mistakes !== '') output.people(`\n${mistakes}`);
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  output.people(`\ntop-1 ${percent(top1)}, top-5 ${percent(top5)}, mean loss ${loss.toFixed(4)}, ${samples} images`);
  output.json({ classes: perClass.map((own, i) => ({ class: classes[i]!, ...own })), confusion, loss });
  output.json({ top1, top5, n: samples });
}
