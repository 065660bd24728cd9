import { AlexNetError } from '../../error.ts';
import { type Shape, showShape, sizeOf } from '../../tensor.ts';
import { encodeUtf8 } from '../utf8.ts';
import { type Dtype, dtypeBytes, type StoredTensor } from './dtype.ts';
import { ALIGNMENT, isForbiddenName, isPadName, METADATA_KEY, PREFIX_BYTES, tensorNamed } from './format.ts';

/** Float32 values are written as F32, float64 values as F64, stored bytes as they are. */
export type WritableTensor = { readonly shape: Shape; readonly data: Float32Array | Float64Array } | StoredTensor;

export interface WriteOptions {
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes a safetensors file as chunks to be put one after the other: small headers and pads, and views of the tensors' own
 * memory, so that nothing is copied. `concatBytes` joins them where one piece is wanted.
 *
 * Every tensor begins at a multiple of 256 bytes in the file: the header is padded with spaces, tensors whose size is a multiple
 * of 256 come first (in the order given), the odd ones last with a U8 tensor `__padN` between them. The same tensors in the same
 * order with the same metadata give the same bytes. Errors: `invalid-input` for a name that is not allowed or data that does not fit its shape.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, WritableTensor>,
  { metadata = {} }: WriteOptions = {},
): Uint8Array[] {
  const entries = layOut([...tensors].map(([name, tensor]) => toEntry(name, tensor)));
  return [writeHeader(entries, metadata), ...entries.map(({ data }) => data)];
}

/** Joins chunks of bytes into one array. */
export function concatBytes(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

type Entry = StoredTensor & { readonly name: string };

function toEntry(name: string, tensor: WritableTensor): Entry {
  const where = tensorNamed(name);
  if (isForbiddenName(name) || isPadName(name) || name === METADATA_KEY) {
    throw new AlexNetError({ code: 'invalid-input', message: `The tensor name ${name} is reserved`, where });
  }
  const { shape, data } = tensor;
  const dtype: Dtype = 'dtype' in tensor ? tensor.dtype : data instanceof Float64Array ? 'F64' : 'F32';
  const size = sizeOf(shape) * dtypeBytes[dtype];
  if (data.byteLength !== size) {
    throw new AlexNetError({
      code: 'invalid-input',
      message: `${dtype} ${showShape(shape)} takes ${size} bytes but the data has ${data.byteLength}`,
      where,
    });
  }
  return { name, dtype, shape, data: new Uint8Array(data.buffer, data.byteOffset, size) };
}

const isAligned = (at: number) => at % ALIGNMENT === 0;

/** Orders the tensors and puts pads between those that would begin elsewhere than at a multiple of 256. */
function layOut(entries: readonly Entry[]): Entry[] {
  const even = entries.filter(({ data }) => isAligned(data.length));
  const odd = entries.filter(({ data }) => !isAligned(data.length));
  return [
    ...even,
    ...odd.flatMap((entry, index) => {
      const missing = ALIGNMENT - (entry.data.length % ALIGNMENT);
      if (index === odd.length - 1) return [entry];
      return [entry, { name: `__pad${index}`, dtype: 'U8' as const, shape: [missing], data: new Uint8Array(missing) }];
    }),
  ];
}

function writeHeader(entries: readonly Entry[], metadata: Readonly<Record<string, string>>): Uint8Array {
  let begin = 0;
  const fields = entries.map(({ name, dtype, shape, data }) => {
    const end = begin + data.length;
    const field = `${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`;
    begin = end;
    return field;
  });
  const json = encodeUtf8(`{${[...writeMetadata(metadata), ...fields].join(',')}}`);
  const header = new Uint8Array(Math.ceil((PREFIX_BYTES + json.length) / ALIGNMENT) * ALIGNMENT).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - PREFIX_BYTES), true);
  header.set(json, PREFIX_BYTES);
  return header;
}

/** Sorted by key, so that the order in which a program sets them does not show in the file. */
function writeMetadata(metadata: Readonly<Record<string, string>>): string[] {
  const keys = Object.keys(metadata).toSorted();
  const forbidden = keys.find(isForbiddenName);
  if (forbidden !== undefined) {
    throw new AlexNetError({
      code: 'invalid-input',
      message: `The metadata key ${forbidden} is reserved`,
      where: METADATA_KEY,
    });
  }
  if (keys.length === 0) return [];
  const fields = keys.map((key) => `${JSON.stringify(key)}:${JSON.stringify(metadata[key])}`);
  return [`${JSON.stringify(METADATA_KEY)}:{${fields.join(',')}}`];
}
