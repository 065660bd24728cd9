import { toOnnx } from '@alexnet/backend-onnx';
import { sizeOf } from '@alexnet/core';
import { exitCode } from '../exit-code.ts';
import { writeChunks } from '../files.ts';
import { networkOf, weightsOf } from '../network.ts';
import type { NetworkOptions } from '../options.ts';
import type { Context, ExitCode } from './command.ts';

export interface ExportOptions extends NetworkOptions {
  readonly to: 'onnx';
  readonly weights: string;
  readonly out: string;
}

/** `alexnet export VARIANT --to onnx`: one file with the graph and its weights. */
export async function exportModel(id: string, options: ExportOptions, { output }: Context): Promise<ExitCode> {
  const { graph } = networkOf(id, options);
  const weights = await weightsOf(options.weights, graph, output);
  const bytes = await writeChunks(options.out, toOnnx(graph, weights));
  const parameters = graph.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  output.json({ file: options.out, format: options.to, bytes, parameters });
  output.people(`Wrote ${options.out}: ${(bytes / 1e6).toFixed(1)} MB, ${parameters.toLocaleString('en')} parameters`);
  return exitCode.passed;
}
