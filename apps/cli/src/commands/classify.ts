import { type LabelSetId, labelSets, preprocess, type Tensor, topK, type Variant } from '@alexnet/core';
import { decodeImage } from '@alexnet/image';
import { createOne } from '../backends.ts';
import { exitCode } from '../exit-code.ts';
import type { PrecisionOption, RunOptions } from '../options.ts';
import { table } from '../terminal/table.ts';
import { type NetworkChoice, openNetwork } from '../weights/open-network.ts';
import type { Context, ExitCode } from './command.ts';

export interface ClassifyOptions extends NetworkChoice, RunOptions, PrecisionOption {
  readonly weights: string;
  readonly top: number;
}

/** `alexnet classify IMAGE...`: the most likely classes of each image. One bad image does not stop the others. */
export async function classify(images: string[], options: ClassifyOptions, context: Context): Promise<ExitCode> {
  const { output, signal } = context;
  await using network = await openNetwork(options.weights, options, context);
  const { variant, weights } = network;
  if (options.weights.startsWith('seed:')) {
    output.note('These weights are generated, not trained: the classes mean nothing. Give a file with --weights.');
  }
  await using backend = await createOne(options);
  const { precision } = options;
  await using program = await backend.compile(variant.graph, weights, { outputs: ['prob'], precision, signal });
  output.note(
    `${variant.title} on ${backend.id} (${backend.environment.engine}, ${backend.environment.threads} threads)`,
  );

  let failed = 0;
  for (const image of images) {
    try {
      const input = preprocess(await decodeImage(image, { signal }), variant.preprocessing);
      const { prob } = await program.run({ input }, { signal });
      report(image, meanOverCrops(prob!), variant, options.top, context);
    } catch (error) {
      if (signal.aborted) throw error;
      failed++;
      const message = error instanceof Error ? error.message : String(error);
      output.json({ image, error: message });
      output.note(`${image}: ${message}`);
    }
  }
  return failed === 0 ? exitCode.passed : exitCode.failed;
}

function report(image: string, prob: Float64Array, { labels, graph }: Variant, top: number, { output }: Context): void {
  const names = nameOf(labels, prob.length);
  const classes = topK(prob, Math.min(top, prob.length)).map(({ index, value }) => ({
    index,
    label: names(index),
    probability: value,
  }));
  output.json({ image, variant: graph.name, classes });
  output.people(`\n${image}`);
  output.people(
    table(
      classes.map(({ index, label, probability }) => ({
        probability: probability.toFixed(4),
        index: String(index),
        class: label,
      })),
    ),
  );
}

/** Labels by index; `class N` where the variant has no label set of this size. */
function nameOf(labels: LabelSetId | undefined, classes: number): (index: number) => string {
  const names = labels === undefined ? [] : labelSets[labels].names;
  return (index) => (names.length === classes ? names[index]! : `class ${index}`);
}

/** Ten-crop variants: the mean of the softmax over the crops (Krizhevsky et al. 2012, section 4.1). */
function meanOverCrops({ shape: [crops = 1, classes = 0], data }: Tensor): Float64Array {
  const mean = new Float64Array(classes);
  for (let i = 0; i < data.length; i++) mean[i % classes]! += data[i]! / crops;
  return mean;
}
