import { AlexNetError, asWeights, checkInputs, readSafetensors, type Tensor, writeSafetensors } from '@alexnet/core';
import { createOne } from '../backends.ts';
import { exitCode } from '../exit-code.ts';
import { readBytes, writeChunks } from '../files.ts';
import type { PrecisionOption, RunOptions } from '../options.ts';
import { type NetworkChoice, openNetwork } from '../weights/open-network.ts';
import type { Context, ExitCode } from './command.ts';

export interface RunCommandOptions extends NetworkChoice, RunOptions, PrecisionOption {
  readonly weights?: string;
  readonly input: string;
  readonly outputs: string;
  readonly out: string;
}

/** `alexnet run`: given tensors in, any layers out, so that anyone can compare us with their own tool. */
export async function run(options: RunCommandOptions, context: Context): Promise<ExitCode> {
  const { output, signal } = context;
  await using network = await openNetwork(options.weights, options, context);
  const { variant, weights } = network;
  const { graph } = variant;
  const inputs = inputTensors(await readBytes(options.input), options.input, graph.inputs[0]!.name);
  checkInputs(graph, inputs);
  const outputs = options.outputs === 'all' ? graph.nodes.map(({ name }) => name) : options.outputs.split(',');

  await using backend = await createOne(options);
  const { precision } = options;
  await using program = await backend.compile(graph, weights, { outputs, precision, signal });
  const results = await program.run(inputs, { signal });
  const metadata = { variant: variant.id, backend: backend.id, engine: backend.environment.engine, precision };
  const bytes = await writeChunks(options.out, writeSafetensors(new Map(Object.entries(results)), { metadata }));

  output.json({
    ...metadata,
    out: options.out,
    bytes,
    outputs: Object.fromEntries(Object.entries(results).map(([name, { shape }]) => [name, shape])),
  });
  output.people(`Wrote ${Object.keys(results).length} values to ${options.out} (${(bytes / 1e6).toFixed(1)} MB)`);
  return exitCode.passed;
}

/** The file's tensor called `input`, or its only tensor. */
function inputTensors(bytes: Uint8Array, path: string, name: string): Record<string, Tensor> {
  const tensors = asWeights(readSafetensors(bytes));
  const tensor = tensors.get(name) ?? (tensors.size === 1 ? [...tensors.values()][0] : undefined);
  if (tensor !== undefined) return { [name]: tensor };
  throw new AlexNetError({
    code: 'invalid-input',
    message: `${path} holds ${[...tensors.keys()].slice(0, 8).join(', ')} but no tensor called ${name}`,
    fix: `Name the input tensor ${name}.`,
  });
}
