import { AlexNetError, type ByteSource, type Shape } from '@alexnet/core';
import type { CheckpointTensor } from '../checkpoint-file.ts';
import { damaged } from '../damaged.ts';
import { type ByteRange, type Field, numberOf, rangeOf, type WireFile } from '../wire.ts';
import { type Run, runOf, runTensor } from '../wire-tensor.ts';

/** A BlobProto (BVLC/caffe src/caffe/proto/caffe.proto), its values not yet looked at. */
export interface Blob {
  /** As the file has it; four extents in old files, whatever the layer. */
  readonly shape: Shape;
  readonly values: Run;
}

/** Caffe's kMaxBlobAxes. */
const MAX_AXES = 32;
/** Fields from this number on are those of forks, which keep the values in them as raw bytes of some type. */
const FIRST_OF_FORKS = 10;

/** num = 1, channels = 2, height = 3, width = 4, data = 5, shape = 7, double_data = 8. Errors: `invalid-file`, `unsupported`, `aborted`. */
export async function readBlob(file: WireFile, message: ByteRange, where: string): Promise<Blob> {
  const legacy = [1, 1, 1, 1];
  let isLegacy = false;
  let shape: number[] | undefined;
  const values: Run[] = [];
  for await (const field of file.fields(message, where)) {
    const { number } = field;
    if (number <= 4) {
      legacy[number - 1] = checked(numberOf(field, where), where);
      isLegacy = true;
    } else if (number === 5) values.push(runOf(field, 4, where));
    else if (number === 8) values.push(runOf(field, 8, where));
    else if (number === 7) shape = await readShape(file, field, where, shape);
    else if (number >= FIRST_OF_FORKS) throw ofFork(number, where);
    if (values.length > 1) throw damaged('The values are given in more than one piece', where);
  }
  const [only = { width: 4, offset: message.offset, count: 0, stride: 4 }] = values;
  return { shape: shape ?? (isLegacy ? legacy : [only.count]), values: only };
}

/** BlobShape: dim = 1. Messages that come in pieces go on with what was there before. */
async function readShape(
  file: WireFile,
  shape: Field,
  where: string,
  before: readonly number[] = [],
): Promise<number[]> {
  const extents = [...before];
  for await (const field of file.fields(rangeOf(shape, where), where)) {
    if (field.number !== 1) continue;
    for (const extent of await file.varints(field, MAX_AXES, where)) extents.push(checked(extent, where));
    if (extents.length > MAX_AXES) throw damaged(`There are more than ${MAX_AXES} dimensions`, where);
  }
  return extents;
}

function checked(extent: number, where: string): number {
  if (Number.isSafeInteger(extent) && extent >= 0) return extent;
  throw damaged(`The extent ${extent} is not a size`, where);
}

function ofFork(number: number, where: string): AlexNetError {
  return new AlexNetError({
    code: 'unsupported',
    message: `The values are stored as a fork of Caffe does it, in field ${number} of the blob`,
    where,
    fix: 'Save the network with BVLC Caffe.',
  });
}

/** A blob as a tensor of a shape that has as many elements. Errors: `invalid-file` when the values are more or fewer. */
export function blobTensor(source: ByteSource, { values }: Blob, shape: Shape, where: string): CheckpointTensor {
  return runTensor({ source, dtype: values.width === 8 ? 'F64' : 'F32', shape, where }, values);
}
