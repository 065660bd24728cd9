import { basename, dirname, join } from 'node:path';
import { sizeOf, throwIfAborted } from '@alexnet/core';
import { exitCode } from '../exit-code.ts';
import { writeChunks } from '../files.ts';
import { type ModelFormatName, modelFormats } from '../model-formats.ts';
import { networkOf, weightsOf } from '../network.ts';
import type { NetworkOptions } from '../options.ts';
import type { Context, ExitCode } from './command.ts';

export interface ExportOptions extends NetworkOptions {
  readonly to: ModelFormatName;
  readonly weights: string;
  readonly out: string;
}

/** `alexnet export VARIANT --to FORMAT`: a model with its weights. Files that the format has beside the named one are written before it. */
export async function exportModel(id: string, options: ExportOptions, { output, signal }: Context): Promise<ExitCode> {
  const variant = networkOf(id, options);
  const weights = await weightsOf(options.weights, variant.graph, output);
  let bytes = 0;
  const files: string[] = [];
  for (const { name, chunks } of modelFormats[options.to](variant, weights, basename(options.out))) {
    throwIfAborted(signal, 'export');
    bytes += await writeChunks(join(dirname(options.out), name), chunks);
    files.push(name);
  }
  const parameters = variant.graph.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  output.json({ file: options.out, format: options.to, files, bytes, parameters });
  const beside =
    files.length === 1 ? '' : ` and ${files.length - 1} ${files.length === 2 ? 'file' : 'files'} beside it`;
  output.people(
    `Wrote ${options.out}${beside}: ${(bytes / 1e6).toFixed(1)} MB, ${parameters.toLocaleString('en')} parameters`,
  );
  return exitCode.passed;
}
