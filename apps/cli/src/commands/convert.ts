import { basename, dirname, join } from 'node:path';
import { AlexNetError, collectWeights, isWeightSource, type Precision, sizeOf, throwIfAborted } from '@alexnet/core';
import { exitCode } from '../exit-code.ts';
import { writeChunks } from '../files.ts';
import { formatOf, type ModelFormatName, modelFormats } from '../model-formats.ts';
import { checkpointTable } from '../weights/checkpoint-table.ts';
import { licenceOf, type NetworkChoice, openNetwork, provenanceOf } from '../weights/open-network.ts';
import type { Context, ExitCode } from './command.ts';

export interface ConvertOptions extends NetworkChoice {
  readonly to?: ModelFormatName;
  readonly precision: Precision;
  /** Of the weights, for formats that say so. */
  readonly licence?: string;
}

/** `alexnet convert IN OUT`: weights from any format in any other. What is written last is what a reader opens first. */
export async function convert(
  source: string,
  out: string,
  options: ConvertOptions,
  context: Context,
): Promise<ExitCode> {
  const { output, signal } = context;
  const to = options.to ?? formatOf(out);
  if (to === undefined) throw unknownFormat(out);
  const { precisions, write } = modelFormats[to];
  if (!precisions.includes(options.precision)) throw notIn(to, options.precision, precisions);

  await using network = await openNetwork(source, options, context);
  const { variant, dimensions, labels, origin } = network;
  const weights = isWeightSource(network.weights)
    ? await collectWeights(network.weights, { names: variant.graph.parameters.map(({ name }) => name), signal })
    : network.weights;
  const folder = to === 'native' ? out : dirname(out);
  const files: string[] = [];
  let bytes = 0;
  const { precision, licence } = options;
  const facts = { source: provenanceOf(network), licence: licence ?? licenceOf(network) };
  const request = { variant, dimensions, labels, weights, name: basename(out), precision, ...facts };
  for await (const { name, chunks } of write(request)) {
    throwIfAborted(signal, 'convert');
    bytes += await writeChunks(join(folder, name), chunks);
    files.push(name);
  }

  const parameters = variant.graph.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const checkpoint = origin.kind === 'checkpoint' ? origin.checkpoint : undefined;
  output.json({
    from: source,
    out,
    format: to,
    precision: options.precision,
    variant: variant.id,
    files,
    bytes,
    parameters,
    ...(checkpoint === undefined
      ? {}
      : { matched: checkpoint.matched, unused: checkpoint.unused, others: checkpoint.others }),
  });
  if (checkpoint !== undefined) output.people(`${checkpointTable(checkpoint)}\n`);
  const rest = files.length - 1;
  const beside = rest === 0 || to === 'native' ? '' : ` and ${rest} ${rest === 1 ? 'file' : 'files'} beside it`;
  output.people(
    `Wrote ${out}${beside}: ${modelFormats[to].description}, ${variant.id}, ${(bytes / 1e6).toFixed(1)} MB, ` +
      `${parameters.toLocaleString('en')} parameters`,
  );
  return exitCode.passed;
}

function unknownFormat(out: string): AlexNetError {
  return new AlexNetError({
    code: 'invalid-input',
    message: `The name ${JSON.stringify(basename(out))} says no format that is written`,
    where: 'option --to',
    fix: `Name the format: --to ${Object.keys(modelFormats).join(', --to ')}.`,
  });
}

function notIn(to: string, precision: string, precisions: readonly string[]): AlexNetError {
  return new AlexNetError({
    code: 'invalid-input',
    message: `The format ${to} is written in ${precisions.join(', ')}, not in ${precision}`,
    where: 'option --precision',
    fix: to === 'native' ? 'Use alexnet quantize, which also says what is lost.' : 'Choose one of these.',
  });
}
