import { preprocess, type Tensor, topK } from '@alexnet/core';
import { decodeImage } from '@alexnet/image';
import { createOne } from '../backends.ts';
import { exitCode } from '../exit-code.ts';
import type { PrecisionOption, RunOptions } from '../options.ts';
import { table } from '../terminal/table.ts';
import { SHIPPED } from '../weights/locate.ts';
import { classNames, type Network, type NetworkChoice, openNetwork } from '../weights/open-network.ts';
import type { Context, ExitCode } from './command.ts';

export interface ClassifyOptions extends NetworkChoice, RunOptions, PrecisionOption {
  readonly weights?: string;
  readonly top: number;
}

/** `alexnet classify IMAGE...`: the most likely classes of each image. One bad image does not stop the others. */
export async function classify(images: string[], options: ClassifyOptions, context: Context): Promise<ExitCode> {
  const { output, signal } = context;
  await using network = await openNetwork(options.weights, options, context);
  const { variant, weights } = network;
  if (network.origin.kind === 'seed') {
    output.note('These weights are generated, not trained: the classes mean nothing. Give a file with --weights.');
  }
  const known = network.origin.text === SHIPPED ? classNames(network) : undefined;
  if (known !== undefined) {
    output.note(`It knows ${known.join(', ')}, and takes everything for one of these. Other networks: --weights.`);
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
      report(image, meanOverCrops(prob!), network, options.top, context);
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

function report(image: string, prob: Float64Array, network: Network, top: number, { output }: Context): void {
  const names = classNames(network);
  const classes = topK(prob, Math.min(top, prob.length)).map(({ index, value }) => ({
    index,
    label: names?.[index] ?? `class ${index}`,
    probability: value,
  }));
  output.json({ image, variant: network.variant.id, classes });
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

/** Ten-crop variants: the mean of the softmax over the crops (Krizhevsky et al. 2012, section 4.1). */
function meanOverCrops({ shape: [crops = 1, classes = 0], data }: Tensor): Float64Array {
  const mean = new Float64Array(classes);
  for (let i = 0; i < data.length; i++) mean[i % classes]! += data[i]! / crops;
  return mean;
}
