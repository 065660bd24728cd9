import { type Shape, sameShape, showShape, sizeOf } from '../../tensor.ts';
import { decodeDc } from '../dc/decode.ts';
import { type StoredTensor, toFloat32 } from '../safetensors/dtype.ts';
import { invalidFile, quote } from '../safetensors/format.ts';
import { readSafetensors } from '../safetensors/read.ts';
import type { StoredWeight } from '../stored/stored-weight.ts';
import type { ParameterFacts } from '../weight-source.ts';
import type { Manifest, ManifestParameter, Part, Shard } from './manifest.ts';

/** What a source says of each parameter before it is there: `dc` arrives as float32. */
export function factsOf({ parameters }: Manifest): Map<string, ParameterFacts> {
  return new Map(
    parameters.map(({ name, shape, precision }) => [
      name,
      { shape, precision: precision === 'dc' ? 'f32' : precision },
    ]),
  );
}

/**
 * The rows of a part as stored, `dc` decoded to float32, from the bytes of its shard, whose hash somebody has checked. `rows` are some of
 * the part's, counted as those of the parameter; of `dc` the whole part is decoded whatever they are. The arrays are copies: they do not
 * keep the shard in memory.
 * Errors: `invalid-file` where the shard is not what the manifest says, for numbers that a precision has not, and for dc that does not decode.
 */
export function readPart(
  manifest: Manifest,
  parameter: ManifestParameter,
  part: Part,
  shardBytes: Uint8Array,
  rows: readonly [from: number, to: number] = part.rows,
): StoredWeight {
  const shard = manifest.shards[part.shard]!;
  const tensors = readTensors(shard, shardBytes);
  const { precision } = parameter;
  const inner = parameter.shape.slice(1);
  const shape = [rows[1] - rows[0], ...inner];
  const tensor = tensors.get(part.data)!;
  if (precision === 'dc') {
    const rowSize = sizeOf(inner);
    const data = decodeDc(tensor.data, (part.rows[1] - part.rows[0]) * rowSize);
    const [from, to] = [rows[0] - part.rows[0], rows[1] - part.rows[0]];
    return { precision: 'f32', shape, data: rows === part.rows ? data : data.slice(from * rowSize, to * rowSize) };
  }
  const bytes = copyOf(tensor, part.rows, rows);
  switch (precision) {
    case 'f32':
      return { precision, shape, data: new Float32Array(bytes.buffer) };
    case 'f16':
      return { precision, shape, data: new Uint16Array(bytes.buffer) };
    case 'q8': {
      const scales = new Float32Array(scalesOf(tensors, part, rows, shard).buffer);
      const data = new Int8Array(bytes.buffer);
      if (data.includes(-128)) throw invalidFile(`${quote(part.data)} holds -128, which q8 has not`, shard.file);
      return { precision, shape, data, scales };
    }
    case 'q4': {
      const scales = new Uint16Array(scalesOf(tensors, part, rows, shard).buffer);
      checkFilling(bytes, shape, part, shard);
      return { precision, shape, data: bytes, scales };
    }
  }
}

/** The tensors of a shard, which must lie exactly where the manifest says. Errors: `invalid-file`. */
export function readTensors(shard: Shard, bytes: Uint8Array): ReadonlyMap<string, StoredTensor> {
  if (bytes.length !== shard.bytes) {
    throw invalidFile(`The shard has ${bytes.length} bytes, and by the manifest ${shard.bytes}`, shard.file);
  }
  const { tensors } = readSafetensors(bytes);
  if (tensors.size !== shard.tensors.length) {
    throw invalidFile(`The shard has ${tensors.size} tensors, and by the manifest ${shard.tensors.length}`, shard.file);
  }
  for (const { name, dtype, shape, begin } of shard.tensors) {
    const found = tensors.get(name);
    if (found === undefined) throw invalidFile(`The shard has no tensor ${quote(name)}`, shard.file);
    const at = found.data.byteOffset - bytes.byteOffset;
    if (found.dtype === dtype && sameShape(found.shape, shape) && at === begin) continue;
    throw invalidFile(
      `The tensor ${quote(name)} is ${found.dtype} ${showShape(found.shape)} at byte ${at}, and by the manifest ${dtype} ${showShape(shape)} at ${begin}`,
      shard.file,
    );
  }
  return tensors;
}

/** A q4 block or q8 row with a scale that is no finite number would make its weights NaN. */
function scalesOf(
  tensors: ReadonlyMap<string, StoredTensor>,
  part: Part,
  rows: Part['rows'],
  { file }: Shard,
): Uint8Array<ArrayBuffer> {
  const tensor = tensors.get(part.scales!)!;
  const copy = { ...tensor, data: copyOf(tensor, part.rows, rows) };
  const odd = toFloat32(copy).findIndex((scale) => !Number.isFinite(scale));
  if (odd < 0) return copy.data;
  throw invalidFile(`Scale ${odd} of ${quote(part.scales!)} is not a finite number`, file);
}

/** Engines multiply what fills up the last block of a row: it must be zeros, which q4 stores as 8. */
function checkFilling(data: Uint8Array, [rows = 1, features = 1]: Shape, part: Part, { file }: Shard): void {
  const rowBytes = data.length / rows;
  if (features === 2 * rowBytes) return;
  for (let row = 0; row < rows; row++) {
    for (let i = features; i < 2 * rowBytes; i++) {
      const byte = data[row * rowBytes + (i >> 1)]!;
      if ((i & 1 ? byte >> 4 : byte & 15) === 8) continue;
      throw invalidFile(`Row ${row} of ${quote(part.data)} is not filled up with zeros`, file);
    }
  }
}

/** Some of a part's rows. Not `slice`: of Node's Buffer that is a view. */
function copyOf({ data }: StoredTensor, all: Part['rows'], wanted: Part['rows']): Uint8Array<ArrayBuffer> {
  const row = data.length / (all[1] - all[0]);
  return new Uint8Array(wanted === all ? data : data.subarray(row * (wanted[0] - all[0]), row * (wanted[1] - all[0])));
}
