import { readsThroughOneArray, rowChunks, sizeOf, tensorOf, throwIfAborted } from '@alexnet/core';
import type { Externalised, ExternalPart } from '../model/external-data.ts';
import { bytesOf } from '../model/onnx.ts';
import { type Held, readFloats } from './hold.ts';
import type { ModelFiles } from './model-files.ts';

/**
 * Writes a model's weights to its file. What is still to be read goes there some rows at a time, so that it is never whole on the host, but for
 * what the model itself holds, which is small. False where the file system does not take it. Errors: those of the source.
 */
export async function writeWeights(
  { model, parts }: Externalised,
  { weights, late }: Held,
  files: ModelFiles,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const isLate = ({ initializer: { shows } }: ExternalPart) =>
    shows !== undefined && late.parameters.has(shows.parameter);
  const inside = new Set(
    model.initializers.flatMap(({ external, shows }) => (external === undefined ? [shows?.parameter] : [])),
  );
  const read = readsThroughOneArray(late);

  for (const name of late.parameters.keys()) {
    if (!weights.has(name)) continue;
    if (inside.has(name)) weights.set(name, await readFloats(late, name, signal));
    const own = parts.filter(({ initializer }) => initializer.shows?.parameter === name);
    if (own.length === 0) continue;
    if (inside.has(name)) {
      if (!own.every((part) => writePart(files, part))) return false;
      continue;
    }
    const { shape } = late.parameters.get(name)!;
    for (const [from, to] of rowChunks(shape, CHUNK_BYTES)) {
      throwIfAborted(signal, 'compile');
      const { data } = tensorOf(await read(name, { rows: [from, to], signal }), name);
      const first = from * sizeOf(shape.slice(1));
      if (!own.every((part) => writeRange(files, part, first, data))) return false;
    }
  }
  return parts.every((part) => isLate(part) || writePart(files, part));
}

/** Large enough that reading and writing take the time, not what is around them. */
const CHUNK_BYTES = 2 ** 22;

function writePart(files: ModelFiles, { offset, initializer }: ExternalPart): boolean {
  return files.write(initializer.data, offset);
}

/** The elements of a part that are among some of its parameter's, which begin with the one numbered `first`. */
function writeRange(
  files: ModelFiles,
  { offset, initializer }: ExternalPart,
  first: number,
  data: Float32Array,
): boolean {
  const start = initializer.shows!.from;
  const from = Math.max(start, first);
  const to = Math.min(start + sizeOf(initializer.shape), first + data.length);
  return from >= to || files.write(bytesOf(data.subarray(from - first, to - first)), offset + 4 * (from - start));
}
