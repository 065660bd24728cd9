import { type ByteSource, toFloat32 } from '@alexnet/core';
import type { OpenContext } from '../checkpoint-file.ts';
import { networkLayers } from './network.ts';
import { bitsOf, FLOAT_BYTES, fileBytes, type LayerKind, readCounts, sectionsOf } from './sections.ts';

/** AlexNet's layers. */
const kinds: readonly LayerKind[] = [...Array<'conv2d'>(5).fill('conv2d'), ...Array<'linear'>(3).fill('linear')];

/**
 * Whether a file may be Deep Compression's AlexNet, which has no magic number: its counts leave a whole number of biases, exactly those of
 * the network where it is given, and the first codebook is one. Errors: `aborted`, and those of reading.
 */
export async function looksLikeDeepCompression(source: ByteSource, context: OpenContext = {}): Promise<boolean> {
  const layers = context.graph === undefined ? undefined : networkLayers(context.graph);
  const ops = layers?.map(({ op }) => op) ?? kinds;
  const [first] = ops;
  if (first === undefined || source.size < ops.length * FLOAT_BYTES) return false;
  const counts = await readCounts(source, ops.length, context);
  if (counts.includes(0)) return false;
  const outputs = layers?.map(({ shape }) => shape[0]!);
  const described = ops.map((op, i) => ({ op, entries: counts[i]!, outputs: outputs?.[i] ?? 0 }));
  const left = source.size - fileBytes(sectionsOf(described));
  const adds = outputs === undefined ? left >= ops.length * FLOAT_BYTES && left % FLOAT_BYTES === 0 : left === 0;
  return adds && isCodebook(await readCodebook(source, ops.length, 2 ** bitsOf[first], context));
}

async function readCodebook(
  source: ByteSource,
  layers: number,
  size: number,
  context: OpenContext,
): Promise<Float32Array> {
  const data = await source.read(layers * FLOAT_BYTES, size * FLOAT_BYTES, context);
  return toFloat32({ dtype: 'F32', shape: [size], data });
}

/** Code 0 is that of weights that were pruned; the others are weights. */
function isCodebook(book: Float32Array): boolean {
  return book[0] === 0 && book.every((value) => Math.abs(value) < 1e4) && book.some((value) => value !== 0);
}
