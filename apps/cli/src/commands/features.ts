import { stat } from 'node:fs/promises';
import { AlexNetError, inferShapes } from '@alexnet/core';
import { findImages, loadBatches } from '@alexnet/image';
import { createOne } from '../backends.ts';
import { exitCode } from '../exit-code.ts';
import { reason, writeChunks } from '../files.ts';
import type { PrecisionOption, RunOptions } from '../options.ts';
import { createProgress } from '../terminal/progress.ts';
import { npyWriter } from '../training/npy-writer.ts';
import { skippedText } from '../training/skipped-log.ts';
import { type NetworkChoice, openNetwork } from '../weights/open-network.ts';
import type { Context, ExitCode } from './command.ts';

export interface FeaturesOptions extends NetworkChoice, RunOptions, PrecisionOption {
  readonly weights?: string;
  readonly layer: string;
  readonly output: string;
  readonly batch: number;
}

/** `alexnet features IMAGE|FOLDER --layer fc7`: what a layer says of images, a row each, as a NumPy file; which image is which row, beside it. */
export async function features(path: string, options: FeaturesOptions, context: Context): Promise<ExitCode> {
  const { output, signal } = context;
  await using network = await openNetwork(options.weights, options, context);
  const { variant, weights } = network;
  const shape = inferShapes(variant.graph).values.get(options.layer);
  if (shape === undefined)
    throw unknownLayer(
      options.layer,
      variant.graph.nodes.map(({ name }) => name),
    );
  const paths = await imagesIn(path, signal);
  await using backend = await createOne(options);
  const { precision } = options;
  await using program = await backend.compile(variant.graph, weights, { outputs: [options.layer], precision, signal });

  const set = { classes: ['image'], items: paths.map((image) => ({ path: image, label: 0 })) };
  const preprocessing = {
    ...variant.preprocessing,
    crop: { mode: 'centre', size: variant.preprocessing.crop.size },
  } as const;
  const progress = createProgress(output.progressStream);
  const file = await npyWriter(options.output, shape);
  const rows: string[] = [];
  let skippedCount = 0;
  try {
    for await (const { images, indices, skipped } of loadBatches(set, {
      preprocessing,
      batchSize: options.batch,
      signal,
    })) {
      for (const { path: image, reason: why } of skipped) {
        progress.clear();
        skippedCount++;
        output.json({ skipped: image, reason: why });
        output.note(skippedText({ path: image, reason: why }));
      }
      if (indices.length === 0) continue;
      const values = await program.run({ [variant.graph.inputs[0]!.name]: images }, { signal });
      await file.write(values[options.layer]!.data);
      rows.push(...Array.from(indices, (index) => paths[index]!));
      progress.update(options.layer, rows.length + skippedCount, paths.length);
    }
    if (rows.length === 0) throw noImages(path, `none of its ${paths.length} images can be read`);
    await file.finish();
  } catch (error) {
    await file.abandon();
    throw error;
  } finally {
    progress.clear();
  }
  const list = `${options.output.replace(/\.npy$/, '')}.txt`;
  await writeChunks(list, [Buffer.from(rows.map((row) => `${row}\n`).join(''))]);
  output.json({ output: options.output, images: list, layer: options.layer, shape: [rows.length, ...shape] });
  output.people(
    `Wrote ${options.output}: ${options.layer} of ${rows.length} images, ${[rows.length, ...shape].join(' x ')} float32; ${list} names the rows`,
  );
  return skippedCount === 0 ? exitCode.passed : exitCode.failed;
}

/** A file itself, or the images below a folder. */
async function imagesIn(path: string, signal: AbortSignal): Promise<readonly string[]> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw noImages(path, reason(cause), cause);
  });
  if (!facts.isDirectory()) return [path];
  const { images } = await findImages(path, signal);
  if (images.length === 0) throw noImages(path, 'there is no image in it');
  return images;
}

function noImages(path: string, why: string, cause?: unknown): AlexNetError {
  return new AlexNetError({
    code: 'invalid-file',
    message: `Cannot read images from ${path}: ${why}`,
    ...(cause !== undefined && { cause }),
  });
}

function unknownLayer(layer: string, known: readonly string[]): AlexNetError {
  return new AlexNetError({
    code: 'unknown-name',
    message: `The network has no layer ${layer}`,
    fix: `Choose from ${known.join(' ')}.`,
    where: 'option --layer',
  });
}
