import { type Shape, showShape, sizeOf } from '../../tensor.ts';
import { decodeUtf8 } from '../utf8.ts';
import { type Dtype, dtypeBytes } from './dtype.ts';
import {
  invalidFile,
  isForbiddenName,
  MAX_HEADER_BYTES,
  METADATA_KEY,
  PREFIX_BYTES,
  quote,
  tensorNamed,
} from './format.ts';
import { type Json, JsonError, type JsonObject, parseStrictJson } from './strict-json.ts';

/** One tensor's entry in the header; offsets in bytes from the start of the data. */
export interface HeaderEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  readonly entries: readonly HeaderEntry[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Where in the file the data begins. */
  readonly dataStart: number;
}

const MAX_TENSORS = 100_000;
const MAX_RANK = 32;
/** An entry of the highest rank has two names and `MAX_RANK` numbers more; most have far fewer. */
const JSON_LIMITS = { depth: 4, values: 20 * MAX_TENSORS };

/**
 * Reads and checks everything of a header but how the tensors lie in the data.
 * Errors: `invalid-file`, with the tensor or the place.
 */
export function readHeader(bytes: Uint8Array): Header {
  const length = headerLength(bytes, bytes.length);
  const dataStart = PREFIX_BYTES + length;
  const root = parseHeader(bytes.subarray(PREFIX_BYTES, dataStart));
  const entries = [...root].flatMap(([name, value]) => (name === METADATA_KEY ? [] : [readEntry(name, value)]));
  if (entries.length > MAX_TENSORS) throw invalidFile(`There are more than ${MAX_TENSORS} tensors`, 'header');
  return { entries, metadata: readMetadata(root.get(METADATA_KEY)), dataStart };
}

/** The length of the header, which the first bytes of a file of `size` bytes say. Errors: `invalid-file`. */
export function headerLength(bytes: Uint8Array, size: number): number {
  if (size < PREFIX_BYTES) {
    throw invalidFile(`The file has ${size} bytes, fewer than the ${PREFIX_BYTES} of the header length`, 'byte 0');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, PREFIX_BYTES);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length > MAX_HEADER_BYTES) {
    throw invalidFile(`The header length ${length} is over the limit of ${MAX_HEADER_BYTES}`, 'byte 0');
  }
  if (length > size - PREFIX_BYTES) {
    throw invalidFile(
      `The header is cut off: it should have ${length} bytes but only ${size - PREFIX_BYTES} follow`,
      'byte 0',
    );
  }
  return length;
}

function parseHeader(bytes: Uint8Array): JsonObject {
  const text = decodeUtf8(bytes);
  if (text === undefined) throw invalidFile('The header is not valid UTF-8', 'header');
  if (!text.startsWith('{')) throw invalidFile('The header is not a JSON object', `byte ${PREFIX_BYTES}`);
  try {
    return parseStrictJson(text, JSON_LIMITS) as JsonObject;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw invalidFile(`The header is not valid JSON: ${error.message}`, `header character ${error.at}`, error);
  }
}

function readEntry(name: string, value: Json): HeaderEntry {
  const where = tensorNamed(name);
  if (isForbiddenName(name)) throw invalidFile(`The tensor name ${name} is not allowed`, where);
  if (!(value instanceof Map)) throw invalidFile('The entry is not an object', where);

  const dtype = value.get('dtype');
  if (!isDtype(dtype))
    throw invalidFile(`The dtype ${typeof dtype === 'string' ? `${quote(dtype)} is unknown` : 'is missing'}`, where);
  const shape = wholeNumbers(value.get('shape'));
  if (shape === undefined || shape.length > MAX_RANK) {
    throw invalidFile(`The shape is not a list of at most ${MAX_RANK} whole numbers`, where);
  }
  const [begin, end, ...more] = wholeNumbers(value.get('data_offsets')) ?? [];
  if (begin === undefined || end === undefined || more.length > 0) {
    throw invalidFile('data_offsets is not a pair of whole numbers', where);
  }
  if (begin > end) throw invalidFile(`The tensor ends at ${end}, before it begins at ${begin}`, where);

  const size = sizeOf(shape) * dtypeBytes[dtype];
  if (!Number.isSafeInteger(size))
    throw invalidFile(`The shape ${showShape(shape).slice(0, 100)} has more elements than can be`, where);
  if (size !== end - begin) {
    throw invalidFile(`${dtype} ${showShape(shape)} takes ${size} bytes but the offsets span ${end - begin}`, where);
  }
  return { name, dtype, shape, begin, end };
}

function isDtype(value: Json | undefined): value is Dtype {
  return typeof value === 'string' && Object.hasOwn(dtypeBytes, value);
}

function wholeNumbers(value: Json | undefined): number[] | undefined {
  return Array.isArray(value) && value.every(isWhole) ? value : undefined;
}

function isWhole(value: Json): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function readMetadata(value: Json | undefined): Record<string, string> {
  if (value === undefined) return {};
  if (!(value instanceof Map)) throw invalidFile('The metadata is not an object', METADATA_KEY);
  const entries = [...(value as JsonObject)].map(([key, text]) => {
    if (isForbiddenName(key)) throw invalidFile(`The metadata key ${key} is not allowed`, METADATA_KEY);
    if (typeof text === 'string') return [key, text] as const;
    throw invalidFile(`The metadata ${quote(key)} is not a text`, METADATA_KEY);
  });
  return Object.fromEntries(entries);
}
