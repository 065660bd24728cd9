import { AlexNetError } from '../../error.ts';
import { isForbiddenName, quote } from '../safetensors/format.ts';
import type { Json } from '../safetensors/strict-json.ts';

/*
 * Readers of JSON values that nobody can be trusted to have written: each checks what it reads and gives it a type.
 */

/** Reads a value at a place, which is for messages. Errors: `invalid-file`. */
export type Field<T> = (value: Json | undefined, where: string) => T;

export function damagedManifest(message: string, where: string, cause?: unknown): AlexNetError {
  return new AlexNetError({
    code: 'invalid-file',
    message,
    where: `manifest, ${where}`,
    fix: 'The manifest is damaged, or was written by a newer version: get it again from its source.',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** A field that may be left out. */
export function optional<T>(field: Field<T>): Field<T> {
  // an absent value never reaches the object that `record` builds, so that its type stays T
  return (value, where) => (value === undefined ? (undefined as T) : field(value, where));
}

/** A non-empty string; characters are UTF-16 units. */
export function text(longest = 4096, pattern?: RegExp): Field<string> {
  return (value, where) => {
    if (typeof value !== 'string') throw damagedManifest('It is not a text', where);
    if (value.length === 0 || value.length > longest) {
      throw damagedManifest(`A text of ${value.length} characters is not one of 1 to ${longest}`, where);
    }
    if (pattern?.test(value) === false) throw damagedManifest(`The text ${quote(value)} is not allowed`, where);
    return value;
  };
}

/** The name of a tensor or parameter. */
export const nameField: Field<string> = (value, where) => {
  const name = text(200)(value, where);
  if (isForbiddenName(name)) throw damagedManifest(`The name ${name} is not allowed`, where);
  return name;
};

export const sha256Field = text(64, /^[0-9a-f]{64}$/);

/** A finite number within limits, both allowed. */
export function number(least: number, most: number): Field<number> {
  return (value, where) => {
    // JSON.parse makes 1e999 infinite
    if (typeof value === 'number' && value >= least && value <= most && Number.isFinite(value)) return value;
    throw damagedManifest(`It is not a number from ${least} to ${most}`, where);
  };
}

export function whole(least: number, most: number): Field<number> {
  const field = number(least, most);
  return (value, where) => {
    if (Number.isSafeInteger(value)) return field(value, where);
    throw damagedManifest('It is not a whole number', where);
  };
}

export const flag: Field<boolean> = (value, where) => {
  if (typeof value === 'boolean') return value;
  throw damagedManifest('It is neither true nor false', where);
};

/** One of some values. */
export function oneOf<T extends string | number>(...values: readonly T[]): Field<T> {
  return (value, where) => {
    const found = values.find((one) => one === value);
    if (found !== undefined) return found;
    throw damagedManifest(`It is not ${values.map((one) => JSON.stringify(one)).join(' or ')}`, where);
  };
}

export function list<T>(item: Field<T>, most: number, least = 0): Field<readonly T[]> {
  return (value, where) => {
    if (!Array.isArray(value)) throw damagedManifest('It is not a list', where);
    if (value.length < least || value.length > most) {
      throw damagedManifest(`A list of ${value.length} is not one of ${least} to ${most}`, where);
    }
    return value.map((entry: Json, index) => item(entry, `${where}[${index}]`));
  };
}

/** An object with these fields and no others. What is not in the file is not in the result. */
export function record<T extends object>(fields: { readonly [K in keyof T]-?: Field<T[K]> }): Field<T> {
  const readers = Object.entries(fields) as [string, Field<unknown>][];
  return (value, where) => {
    if (!(value instanceof Map)) throw damagedManifest('It is not an object', where);
    const object = value as ReadonlyMap<string, Json>;
    const stranger = [...object.keys()].find((key) => !Object.hasOwn(fields, key));
    if (stranger !== undefined) throw damagedManifest(`The field ${quote(stranger)} is unknown`, where);
    const read = readers.flatMap(([key, field]) => {
      const result = field(object.get(key), `${where}.${key}`);
      return result === undefined ? [] : [[key, result] as const];
    });
    return Object.fromEntries(read) as T;
  };
}
