import { AlexNetError } from '@alexnet/core';
import { damaged } from '../damaged.ts';
import { bytesOf, readFields, textOf } from '../wire.ts';

/** A part of a file beside the model: ONNX external data (onnx/docs/ExternalData.md). */
export interface ExternalRange {
  /** Path relative to the model's folder, with forward slashes. */
  readonly file: string;
  readonly offset: number;
  /** Undefined: to the end of the file. */
  readonly length: number | undefined;
}

/** `location`, `offset`, `length`, `checksum`, `basepath`: no writer has more. */
const MAX_ENTRIES = 16;

/** Reads the key-value entries of an external tensor and refuses paths that leave the model's folder. */
export function readExternalRange(entries: readonly Uint8Array[], where: string): ExternalRange {
  if (entries.length > MAX_ENTRIES) throw damaged(`There are more than ${MAX_ENTRIES} external data entries`, where);
  const values = new Map(entries.map((entry) => readEntry(entry, where)));
  const file = values.get('location');
  if (file === undefined) throw damaged('The external data has no location', where);
  if (!isInside(file)) {
    throw new AlexNetError({
      code: 'invalid-file',
      message: `The external data path ${JSON.stringify(file.slice(0, 100))} leaves the model's folder`,
      where,
      fix: 'Do not trust this file. A model may only refer to files beside it or below.',
    });
  }
  return {
    file,
    offset: byteCount(values.get('offset'), 'offset', where) ?? 0,
    length: byteCount(values.get('length'), 'length', where),
  };
}

/** Finds the bytes of a range among the files that the caller gave. */
export function sliceExternal(
  { file, offset, length }: ExternalRange,
  files: ReadonlyMap<string, Uint8Array>,
  where: string,
): Uint8Array {
  const bytes = files.get(file);
  if (bytes === undefined) {
    throw new AlexNetError({
      code: 'invalid-input',
      message: `The values are in the file ${file}, which was not given`,
      where,
      fix: `Pass it as external: new Map([[${JSON.stringify(file)}, bytes]]).`,
    });
  }
  const end = length === undefined ? bytes.length : offset + length;
  if (offset > bytes.length || end > bytes.length) {
    throw damaged(`The range ${offset} to ${end} lies outside of ${file}, which has ${bytes.length} bytes`, where);
  }
  return bytes.subarray(offset, end);
}

/** StringStringEntryProto: key = 1, value = 2. */
function readEntry(entry: Uint8Array, where: string): [string, string] {
  let key = '';
  let text = '';
  for (const { number, value } of readFields(entry, where)) {
    if (number === 1) key = textOf(bytesOf(value, where), where);
    else if (number === 2) text = textOf(bytesOf(value, where), where);
  }
  return [key, text];
}

/** A relative path without `..`, drive letters, backslashes or control characters. */
function isInside(path: string): boolean {
  const illegal = /[\\:]|\p{Cc}/u.test(path);
  return !illegal && path.split('/').every((part) => part !== '' && part !== '..');
}

function byteCount(text: string | undefined, what: string, where: string): number | undefined {
  if (text === undefined) return undefined;
  const count = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(count)) return count;
  throw damaged(`The external data ${what} ${JSON.stringify(text.slice(0, 30))} is not a number of bytes`, where);
}
