import { basename } from 'node:path';
import { AlexNetError, costOf, inferShapes, showShape, sizeOf, variantIds } from '@alexnet/core';
import { describeFile } from '../checkpoint.ts';
import { exitCode } from '../exit-code.ts';
import { readBytes } from '../files.ts';
import { networkOf } from '../network.ts';
import type { NetworkOptions } from '../options.ts';
import { table } from '../terminal/table.ts';
import type { Context, ExitCode } from './command.ts';

/** `alexnet inspect VARIANT|FILE`: layers, shapes, parameters and multiply-accumulates, or a file's tensors. */
export async function inspect(target: string, options: NetworkOptions, context: Context): Promise<ExitCode> {
  return variantIds.includes(target) ? inspectVariant(target, options, context) : inspectFile(target, context);
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

async function inspectFile(path: string, { output }: Context): Promise<ExitCode> {
  const { format, metadata, tensors } = await describeFile(await readFileOrExplain(path), path);
  output.json({ file: path, format, metadata, tensors });
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
  for (const [key, value] of Object.entries(metadata)) output.people(`${key}: ${value}`);
  return exitCode.passed;
}

/** What is neither a variant nor a file was most likely meant to be a variant. */
async function readFileOrExplain(path: string): Promise<Uint8Array> {
  try {
    return await readBytes(path);
  } catch (cause) {
    throw new AlexNetError({
      code: 'unknown-name',
      message: `${JSON.stringify(path)} is neither a variant nor a file that can be read`,
      fix: `Variants: ${variantIds.join(', ')}.`,
      cause,
    });
  }
}
