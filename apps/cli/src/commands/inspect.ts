import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { AlexNetError, costOf, inferShapes, showShape, sizeOf, variantIds } from '@alexnet/core';
import { openWeights } from '@alexnet/core/files';
import { exitCode } from '../exit-code.ts';
import { networkOf } from '../network.ts';
import type { NetworkOptions } from '../options.ts';
import { table } from '../terminal/table.ts';
import { describeFile } from '../weights/describe-file.ts';
import { locate } from '../weights/locate.ts';
import type { Context, ExitCode } from './command.ts';

/** `alexnet inspect VARIANT|FILE`: layers, shapes, parameters and multiply-accumulates, or a file's tensors. */
export async function inspect(target: string, options: NetworkOptions, context: Context): Promise<ExitCode> {
  if (variantIds.includes(target)) return inspectVariant(target, options, context);
  const location = await locate(target);
  return location.kind === 'native' ? inspectNative(target, context) : inspectFile(target, context);
}

function inspectVariant(id: string, options: NetworkOptions, { output }: Context): ExitCode {
  const { title, source, graph, publishedOutput } = networkOf(id, options);
  const cost = costOf(graph);
  const inputs = inferShapes(graph).values;
  const layers = cost.nodes.map(({ name, op, shape, parameters, macs }) => ({ name, op, shape, parameters, macs }));
  output.json({
    variant: id,
    title,
    input: graph.inputs[0]!.shape,
    parameters: cost.parameters,
    macs: cost.macs,
    weightBytes: cost.weightBytes,
    layers,
  });
  output.people(`${title}\n${source}\n`);
  output.people(
    table(
      layers.map(({ name, op, shape, parameters, macs }, index) => ({
        layer: name,
        op,
        input: showShape(inputs.get(graph.nodes[index]!.inputs[0])!),
        output: showShape(shape),
        parameters: parameters === 0 ? '' : parameters.toLocaleString('en'),
        MACs: macs === 0 ? '' : macs.toLocaleString('en'),
      })),
      { right: ['parameters', 'MACs'] },
    ),
  );
  output.people(
    `\n${cost.parameters.toLocaleString('en')} parameters (${(cost.weightBytes / 1e6).toFixed(1)} MB in float32), ` +
      `${cost.macs.toLocaleString('en')} multiply-accumulates per image; published output: ${publishedOutput}`,
  );
  return exitCode.passed;
}

async function inspectFile(path: string, { output, signal }: Context): Promise<ExitCode> {
  await checkExists(path);
  const { format, metadata, tensors, others, networks } = await describeFile(path, signal);
  output.json({ file: path, format, metadata, tensors, others, networks });
  output.people(`${basename(path)}: ${format}, ${tensors.length} tensors\n`);
  output.people(
    table(
      tensors.map(({ name, dtype, shape, nan, infinite }) => ({
        tensor: name,
        dtype,
        shape: showShape(shape),
        values: sizeOf(shape).toLocaleString('en'),
        remarks: nan + infinite === 0 ? '' : `${nan} NaN, ${infinite} infinite`,
      })),
      { right: ['values'] },
    ),
  );
  output.people('');
  for (const [key, value] of Object.entries(metadata)) output.people(`${key}: ${value}`);
  const fits = networks.map(({ variant, classes, width }) => {
    return `${variant} (${classes} classes${width === 1 ? '' : `, width ${width}`})`;
  });
  output.people(fits.length === 0 ? 'fits no network that we know' : `fits ${fits.join(', ')}`);
  if (others.length > 0)
    output.people(`no tensors: ${others.slice(0, 20).join(', ')}${others.length > 20 ? ', ...' : ''}`);
  return exitCode.passed;
}

/** What a manifest says; the shards are not read (`verify` does). */
async function inspectNative(target: string, { output, signal }: Context): Promise<ExitCode> {
  await using opened = await openWeights(target, { signal });
  const { manifest, bytes } = opened;
  const { variant, dimensions, precision, shards, parameters, licence, provenance, agreement } = manifest!;
  output.json({ file: target, format: 'native', manifest });
  output.people(
    `${target}: native weights of ${variant}, ${precision}, ${shards.length} shards, ${(bytes / 1e6).toFixed(1)} MB\n`,
  );
  output.people(
    table(
      parameters.map(({ name, shape, precision: own, parts, loss }) => ({
        parameter: name,
        shape: showShape(shape),
        as: own,
        parts: String(parts.length),
        'weights off by': loss === undefined ? '' : `${(100 * loss.relative).toFixed(2)} %`,
      })),
      { right: ['parts', 'weights off by'] },
    ),
  );
  const { classes, width, inputSize } = dimensions;
  output.people(`\n${classes} classes, width ${width}, input ${inputSize}x${inputSize}`);
  if (provenance !== undefined) output.people(`from ${provenance.source}`);
  if (licence !== undefined) output.people(`licence: ${licence}`);
  if (agreement !== undefined) {
    output.people(
      `most likely class unchanged in ${(100 * agreement.top1).toFixed(1)} % of ${agreement.samples} samples`,
    );
  }
  return exitCode.passed;
}

/** What is neither a variant nor a file was most likely meant to be a variant. */
async function checkExists(path: string): Promise<void> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (isFile) return;
  throw new AlexNetError({
    code: 'unknown-name',
    message: `${JSON.stringify(path)} is neither a variant nor a file that can be read`,
    fix: `Variants: ${variantIds.join(', ')}.`,
  });
}
