import { type Json, JsonError, type JsonObject, parseStrictJson } from '@alexnet/core';
import { damaged } from '../damaged.ts';
import { decodeText } from './decode-text.ts';

/** A model of a hundred layers has some 10,000 values, nested 15 deep. */
const LIMITS = { depth: 64, values: 1_000_000 };
/** Characters; what a model's description may take. */
const MAX_LENGTH = 2 ** 26;

/**
 * Reads a JSON object from a file that is not trusted: no key twice, objects are maps.
 * Errors: `invalid-file`, with the character at which something is wrong.
 */
export function parseJsonObject(json: Uint8Array | string, where: string): JsonObject {
  if (json.length > MAX_LENGTH) throw damaged(`JSON of ${json.length} bytes is over the limit of ${MAX_LENGTH}`, where);
  const text = typeof json === 'string' ? json : decodeText(json, where);
  try {
    const value = parseStrictJson(text, LIMITS);
    if (isObject(value)) return value;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw damaged(`It is not valid JSON: ${error.message}`, `${where}, character ${error.at}`, undefined, error);
  }
  throw damaged('It is not a JSON object', where);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return value instanceof Map;
}

/** The items of a list; none of what is no list. */
export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** What lies at a path of keys, if objects lie on the way. */
export function at(value: Json | undefined, ...keys: readonly string[]): Json | undefined {
  return keys.reduce<Json | undefined>((inner, key) => (isObject(inner) ? inner.get(key) : undefined), value);
}

/** What lies at a path of keys, if it is a string. */
export function stringAt(value: Json | undefined, ...keys: readonly string[]): string | undefined {
  const found = at(value, ...keys);
  return typeof found === 'string' ? found : undefined;
}

/** What lies at a path of keys, if it is a number. */
export function numberAt(value: Json | undefined, ...keys: readonly string[]): number | undefined {
  const found = at(value, ...keys);
  return typeof found === 'number' ? found : undefined;
}
