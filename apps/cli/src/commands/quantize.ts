import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { photographs } from '@alexnet/conformance';
import {
  collectWeights,
  dtypeBytes,
  isWeightSource,
  MANIFEST_FILE,
  type Manifest,
  type ManifestParameter,
  type NativePrecision,
  parseManifest,
  showShape,
  sizeOf,
  throwIfAborted,
  type Variant,
  type Weights,
  writeManifest,
} from '@alexnet/core';
import { openWeights, writeWeights } from '@alexnet/core/files';
import { createOne } from '../backends.ts';
import { exitCode } from '../exit-code.ts';
import { readBytes, writeChunks } from '../files.ts';
import type { RunOptions } from '../options.ts';
import { type Agreement, agreement, probabilities } from '../quantise/agreement.ts';
import { inputEnergy, sampleInputs } from '../quantise/samples.ts';
import { createProgress } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import { licenceOf, type NetworkChoice, openNetwork, provenanceOf } from '../weights/open-network.ts';
import type { Context, ExitCode } from './command.ts';

export interface QuantizeOptions extends NetworkChoice, RunOptions {
  readonly precision: NativePrecision;
  /** Default: f32, or with `dc` that. */
  readonly convolutions?: 'f32' | 'f16';
  /** Images that say which inputs of a layer matter. */
  readonly samples?: readonly string[];
  /** Of the weights, for the manifest. */
  readonly licence?: string;
}

/**
 * `alexnet quantize IN FOLDER`: weights in fewer bits, in the native format, with what each layer loses. Scales are searched; with sample
 * images the errors of inputs that are large count more. How often the classes still agree is measured on these, or on our photographs.
 */
export async function quantize(
  source: string,
  folder: string,
  options: QuantizeOptions,
  context: Context,
): Promise<ExitCode> {
  const { output, signal } = context;
  const { precision } = options;
  await using network = await openNetwork(source, options, context);
  const { variant, dimensions, labels, weights: given } = network;
  const weights = isWeightSource(given) ? await collectWeights(given, { signal }) : given;
  await using backend = await createOne(options);
  const progress = createProgress(output.progressStream);

  const images = options.samples ?? photographs.map(({ url }) => fileURLToPath(url));
  const samples = await sampleInputs(images, variant, context);
  progress.update('samples');
  const importance =
    options.samples === undefined ? undefined : await inputEnergy(backend, variant.graph, weights, samples, signal);
  const before = await probabilities(backend, variant.graph, weights, samples, signal);

  const licence = options.licence ?? licenceOf(network);
  const settings = {
    precision,
    provenance: { source: provenanceOf(network) },
    ...(options.convolutions && { precisions: convolutionsAs(options.convolutions, variant) }),
    ...(labels && { labels }),
    ...(importance && { importance }),
    ...(licence !== undefined && { licence }),
  };
  for await (const { name, data } of writeWeights({ variant, dimensions, weights, ...settings, signal })) {
    throwIfAborted(signal, 'quantize');
    await writeChunks(join(folder, name), [data]);
    progress.update(name);
  }

  progress.update('measuring');
  const after = await probabilities(backend, variant.graph, await stored(folder, signal), samples, signal);
  const agreed = agreement(before, after);
  const manifest = { ...parseManifest(await readBytes(join(folder, MANIFEST_FILE))), agreement: agreed };
  await writeChunks(join(folder, MANIFEST_FILE), [writeManifest(manifest)]);
  progress.clear();

  report(source, folder, manifest, agreed, context);
  return exitCode.passed;
}

function convolutionsAs(precision: NativePrecision, { graph }: Variant): ReadonlyMap<string, NativePrecision> {
  return new Map(graph.nodes.flatMap((node) => (node.op === 'conv2d' ? [[node.weight, precision] as const] : [])));
}

async function stored(folder: string, signal: AbortSignal): Promise<Weights> {
  await using opened = await openWeights(folder, { signal });
  return await collectWeights(opened, { signal }); // before it is closed
}

function report(source: string, folder: string, manifest: Manifest, agreed: Agreement, { output }: Context): void {
  const { precision, parameters, bytes } = manifest;
  const full = parameters.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
  const rows = parameters.map((parameter) => ({ ...parameter, bytes: bytesOf(parameter, manifest) }));
  output.json({
    from: source,
    folder,
    precision,
    bytes,
    ratio: full / bytes,
    agreement: agreed,
    parameters: rows.map(({ name, precision: own, bytes: size, recipe, loss }) => ({
      name,
      precision: own,
      bytes: size,
      recipe,
      loss,
    })),
  });
  const percent = (part: number | undefined) => (part === undefined ? '' : `${(100 * part).toFixed(2)} %`);
  output.people(
    table(
      rows
        .filter(({ precision: own }) => own !== 'f32')
        .map(({ name, shape, precision: own, bytes: size, loss }) => ({
          parameter: name,
          shape: showShape(shape),
          as: own,
          MB: (size / 1e6).toFixed(2),
          'of float32': percent(size / (4 * sizeOf(shape))),
          'weights off by': percent(loss?.relative),
          'signal to noise': loss?.snrDb === undefined ? '' : `${loss.snrDb.toFixed(1)} dB`,
          'outputs off by': percent(loss?.output),
        })),
      { right: ['MB', 'of float32', 'weights off by', 'signal to noise', 'outputs off by'] },
    ),
  );
  output.people(
    `\n${folder}: ${precision}, ${(bytes / 1e6).toFixed(1)} MB, ${(full / bytes).toFixed(1)} times smaller than float32. ` +
      `On ${agreed.samples} samples the most likely class is the same in ${percent(agreed.top1)}; ` +
      `probabilities differ by at most ${agreed.largest.toExponential(1)}.`,
  );
}

/** Bytes of a parameter's tensors in the shards. */
function bytesOf({ parts }: ManifestParameter, { shards }: Manifest): number {
  return parts.reduce((sum, { shard, data, scales }) => {
    const own = shards[shard]!.tensors.filter(({ name }) => name === data || name === scales);
    return sum + own.reduce((size, { dtype, shape }) => size + sizeOf(shape) * dtypeBytes[dtype], 0);
  }, 0);
}
