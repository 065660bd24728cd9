import { stat } from 'node:fs/promises';
import {
  checkWeights,
  countNonFinite,
  isWeightSource,
  rowChunks,
  sizeOf,
  type Tensor,
  tensorOf,
  throwIfAborted,
  type WeightSource,
  type Weights,
} from '@alexnet/core';
import { exitCode } from '../exit-code.ts';
import { hashFile } from '../pull/hash-file.ts';
import { registry } from '../pull/registry.ts';
import { createProgress } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import { locate } from '../weights/locate.ts';
import { type NetworkChoice, openNetwork } from '../weights/open-network.ts';
import type { Context, ExitCode } from './command.ts';

export interface VerifyOptions extends NetworkChoice {
  readonly against?: string;
}

/**
 * `alexnet verify FILE`: reads all of it, so that every hash and length is checked; says which published file it is; looks for NaN; and
 * compares it with other weights. Ends with 1 when something is not as it should be.
 */
export async function verify(source: string, options: VerifyOptions, context: Context): Promise<ExitCode> {
  const { output, signal } = context;
  await using network = await openNetwork(source, options, context);
  const { variant, weights } = network;
  checkWeights(variant.graph, weights);
  await using other =
    options.against === undefined
      ? undefined
      : await openNetwork(options.against, { ...options, variant: options.variant ?? variant.id }, context);

  const progress = createProgress(output.progressStream);
  const rows: ParameterResult[] = [];
  const { parameters } = variant.graph;
  for (const [index, { name }] of parameters.entries()) {
    progress.update(name, index, parameters.length);
    rows.push(await verifyParameter(name, weights, other?.weights, signal));
  }
  progress.clear();

  const published = await publishedAs(source, signal);
  const passed = rows.every(({ nan, infinite, difference }) => nan + infinite === 0 && !((difference ?? 0) > 0));
  output.json({ file: source, variant: variant.id, published: published ?? null, passed, parameters: rows });
  output.people(
    table(
      rows.map(({ name, values, nan, infinite, difference }) => ({
        parameter: name,
        values: values.toLocaleString('en'),
        ...(difference === undefined
          ? {}
          : { 'largest difference': difference === 0 ? 'none' : difference.toExponential(2) }),
        remarks: nan + infinite === 0 ? '' : `${nan} NaN, ${infinite} infinite`,
      })),
      { right: ['values', 'largest difference'] },
    ),
  );
  output.people(
    `\n${source}: ${variant.title}, ${rows.length} parameters read; ` +
      `${published === undefined ? 'not a file that we know by its hash' : `the published ${published}`}; ${passed ? 'as it should be' : 'NOT as it should be'}`,
  );
  return passed ? exitCode.passed : exitCode.failed;
}

interface ParameterResult {
  readonly name: string;
  readonly values: number;
  readonly nan: number;
  readonly infinite: number;
  /** The largest, from what it is compared with; NaN differs from everything but NaN. */
  readonly difference?: number;
}

async function verifyParameter(
  name: string,
  weights: Weights | WeightSource,
  others: Weights | WeightSource | undefined,
  signal: AbortSignal,
): Promise<ParameterResult> {
  let result: ParameterResult = {
    name,
    values: 0,
    nan: 0,
    infinite: 0,
    ...(others === undefined ? {} : { difference: 0 }),
  };
  const { shape } = (isWeightSource(weights) ? weights.parameters : weights).get(name)!;
  for (const rows of rowChunks(shape)) {
    throwIfAborted(signal, 'verify');
    const part = await rowsOf(weights, name, rows, signal);
    const [odd] = countNonFinite(new Map([[name, part]]));
    const other = others === undefined ? undefined : await rowsOf(others, name, rows, signal);
    result = {
      name,
      values: result.values + part.data.length,
      nan: result.nan + (odd?.nan ?? 0),
      infinite: result.infinite + (odd?.infinite ?? 0),
      ...(other === undefined ? {} : { difference: Math.max(result.difference ?? 0, largestDifference(part, other)) }),
    };
    await new Promise((resolve) => setTimeout(resolve)); // lets Ctrl-C arrive
  }
  return result;
}

async function rowsOf(
  weights: Weights | WeightSource,
  name: string,
  rows: readonly [number, number],
  signal: AbortSignal,
): Promise<Tensor> {
  if (isWeightSource(weights)) return tensorOf(await weights.read(name, { rows, signal }), name);
  const { shape, data } = weights.get(name)!;
  const size = sizeOf(shape.slice(1));
  return { shape: [rows[1] - rows[0], ...shape.slice(1)], data: data.subarray(rows[0] * size, rows[1] * size) };
}

function largestDifference({ data: a }: Tensor, { data: b }: Tensor): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i])) continue;
    const difference = Math.abs(a[i]! - b[i]!);
    largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(largest, difference);
  }
  return largest;
}

/** The name in the registry of a file with this content. */
async function publishedAs(source: string, signal: AbortSignal): Promise<string | undefined> {
  const location = await locate(source);
  if (location.kind !== 'file') return undefined;
  const { size } = await stat(location.path);
  const digests = new Map<string, string>();
  for (const { name, bytes, hash } of registry) {
    if (bytes !== undefined && bytes !== size) continue;
    const digest = digests.get(hash.algorithm) ?? (await hashFile(location.path, hash.algorithm, signal));
    digests.set(hash.algorithm, digest);
    if (digest === hash.digest) return name;
  }
  return undefined;
}
