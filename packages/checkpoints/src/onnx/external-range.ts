import { AlexNetError } from '@alexnet/core';
import { damaged } from '../damaged.ts';

/** A part of a file beside the model: ONNX external data (onnx/docs/ExternalData.md). */
export interface ExternalRange {
  /** Path relative to the model's folder, with forward slashes. */
  readonly file: string;
  readonly offset: number;
  /** Undefined: to the end of the file. */
  readonly length: number | undefined;
}

/** `location`, `offset`, `length`, `checksum`, `basepath`: no writer has more. */
export const MAX_EXTERNAL_ENTRIES = 16;

/** Reads the key-value pairs of an external tensor and refuses paths that leave the model's folder. Errors: `invalid-file`. */
export function externalRange(values: ReadonlyMap<string, string>, where: string): ExternalRange {
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
